/** `raftchart/node`: what a server needs to run as a process under Node: files, and TCP. */
export { directoryStore } from '../actors/nodeDirectoryStore.js';
export type { TcpOptions } from '../actors/nodeTcpLimits.js';
export { tcpTransport } from '../actors/nodeTcpTransport.js';
