import { commandPortContract, localPort } from './commandPort.contract.js';

commandPortContract('the local port', async () => {
  const port = localPort();
  return {
    port,
    pass: (ms) => {
      port.nowMs += ms;
    },
    close: () => {},
  };
});
