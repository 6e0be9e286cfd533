import { once } from 'node:events';
import { startSimulator } from '../../simulator/start.ts';

/*
 * The simulator as a process of its own, whose SFTP server takes a key: node dev/start.js bench/segment/simulator.ts
 * <public key>. It prints where it is as one line of JSON.
 */

const stopped = Promise.race([once(process, 'SIGINT'), once(process, 'SIGTERM')]);
const simulator = await startSimulator({
  publicKey: process.argv[2],
  importsPerTablePerDay: 1_000,
  pollInterval: 100, // so that a run waits for what the simulator does, not for its next poll
});
const { apiUrl, apiKey, sftp } = simulator;
console.log(JSON.stringify({ apiUrl, apiKey, sftp }));
await stopped;
await simulator.stop();
process.exit();
