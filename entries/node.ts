/** `raftchart/node`: what servers and clients need to run under Node: files, and TCP with TLS. */
export { directoryStore } from '../actors/nodeDirectoryStore.js';
export {
  type TcpClientOptions,
  type TcpClientPort,
  tcpClientPort,
} from '../actors/nodeTcpClient.js';
export type { TcpOptions } from '../actors/nodeTcpLimits.js';
export { tcpTransport } from '../actors/nodeTcpTransport.js';
export { type TlsOptions, type TlsSource, tlsFiles } from '../actors/nodeTls.js';
