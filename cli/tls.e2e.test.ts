import { writeFileSync } from 'node:fs';
import path from 'node:path';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { createClient } from '../actors/createClient.js';
import { tcpClientPort } from '../actors/nodeTcpClient.js';
import { authority } from '../actors/nodeTlsCertificates.contract.js';
import { Clerk } from '../services/kv/clerk.js';
import { bytesCodec } from '../services/kv/kvStore.js';
import { Workplace } from './commandRun.contract.js';
import { ServedCluster } from './serveRun.contract.js';

const servers = authority('servers');
let place: Workplace;
let cluster: ServedCluster;

beforeEach(async () => {
  place = new Workplace();
  cluster = await ServedCluster.of(place, 2);
  write('ca.pem', servers.cert);
});

afterEach(async () => {
  cluster.closeClients();
  await place.remove();
});

function write(name: string, text: string): void {
  writeFileSync(path.join(place.folder, name), text);
}

/** Writes the files of a server, and answers the options that name them. */
function certified(id: string, name = id): string[] {
  const { cert, key } = servers.issue({ uris: [`raftchart://main/${name}`] });
  write(`${id}.pem`, cert);
  write(`${id}.key`, key);
  return ['--tls-ca=ca.pem', `--tls-cert=${id}.pem`, `--tls-key=${id}.key`];
}

async function refused(run: ReturnType<ServedCluster['serve']>): Promise<string> {
  expect(await run.ended).toBe(1);
  expect(run.stderr).toMatch(/^raftchart: [^\n]+\n$/u);
  return run.stderr;
}

describe('raftchart serve with TLS', () => {
  it('elects, and serves native clients that know the token', async () => {
    write('token', 'open sesame\n');
    for (const server of cluster.servers) {
      cluster.serve(server, ...certified(server.id), '--client-token-file=token');
    }
    await cluster.leader();
    const port = tcpClientPort({
      servers: cluster.servers.map(({ raftPort }) => `127.0.0.1:${raftPort}`),
      cluster: 'main',
      tls: { ca: servers.cert },
      token: 'open sesame',
    });
    const client = createClient<Uint8Array, Uint8Array, Uint8Array, Uint8Array>({
      port,
      codec: bytesCodec,
    });
    try {
      const clerk = new Clerk(client);
      await clerk.put('key', 'value');
      expect(await clerk.get('key')).toBe('value');
    } finally {
      await client.stop();
    }
  });

  it('refuses to start with what cannot work, in one line', async () => {
    const [s1, s2] = cluster.servers;
    const wrong = cluster.serve(s1!, ...certified('s1', 's2'));
    expect(await refused(wrong)).toContain('the certificate of this server is not for');
    const missing = cluster.serve(s2!, '--tls-ca=none.pem', '--tls-cert=a', '--tls-key=b');
    expect(await refused(missing)).toContain('none.pem');
    const noToken = cluster.serve(s2!, ...certified('s2'), '--client-token-file=nowhere');
    expect(await refused(noToken)).toContain('the client token cannot be read');
  });
});

describe('raftchart serve without TLS', () => {
  it('refuses to be heard beyond this machine unless it is told to', async () => {
    const [server] = cluster.servers;
    const run = cluster.serve(server!, `--listen=0.0.0.0:${server!.raftPort}`);
    expect(await refused(run)).toContain('tls');
  });
});
