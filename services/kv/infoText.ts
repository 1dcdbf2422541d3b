/** The text of INFO: the sections that clients and tools look for, and one of our own. */
import type { Front } from './session.js';
import { redisVersion } from './version.js';

type Line = readonly [name: string, value: string | number];

const everything = new Set(['default', 'all', 'everything']);

/** The sections that are asked for, in lower case; none: all of them. */
export function infoText(front: Front, asked: readonly string[]): string {
  const isAsked = (section: string) =>
    asked.length === 0 || asked.some((word) => everything.has(word) || word === section);
  return sections(front)
    .filter(([title]) => isAsked(title.toLowerCase()))
    .map(([title, lines]) => {
      const text = lines.map(([name, value]) => `${name}:${value}\r\n`).join('');
      return `# ${title}\r\n${text}`;
    })
    .join('\r\n');
}

function sections(front: Front): readonly (readonly [string, readonly Line[]])[] {
  const status = front.port.status();
  return [
    ['Server', serverLines(front)],
    [
      'Clients',
      [
        ['connected_clients', front.clients.size],
        ['maxclients', front.limits.clientsMax],
        ['blocked_clients', 0],
      ],
    ],
    ['Persistence', [['loading', 0]]],
    [
      'Stats',
      [
        ['total_connections_received', front.totals.connections],
        ['total_commands_processed', front.totals.commands],
      ],
    ],
    // Whatever its role in Raft, this server takes writes: what clients look for in a master.
    [
      'Replication',
      [
        ['role', 'master'],
        ['connected_slaves', 0],
      ],
    ],
    ['Cluster', [['cluster_enabled', 0]]],
    ['Keyspace', keyspaceLines(status)],
    [
      'Raftchart',
      Object.entries(status).map(([name, value]) => [oneLine(name), oneLine(value)] as const),
    ],
  ];
}

function serverLines(front: Front): readonly Line[] {
  const upSeconds = Math.max(0, Math.floor((front.port.wallMs() - front.startedMs) / 1000));
  return [
    ['redis_version', redisVersion],
    ['redis_mode', 'standalone'],
    ['arch_bits', 64],
    ['tcp_port', front.tcpPort],
    ['uptime_in_seconds', upSeconds],
    ['uptime_in_days', Math.floor(upSeconds / 86_400)],
  ];
}

function keyspaceLines(status: Readonly<Record<string, string | number>>): readonly Line[] {
  const { keys, expires } = status;
  if (keys === undefined || keys === 0) return [];
  return [['db0', `keys=${keys},expires=${expires ?? 0},avg_ttl=0`]];
}

const oneLine = (value: string | number) => String(value).replaceAll(/[\r\n]+/gu, ' ');
