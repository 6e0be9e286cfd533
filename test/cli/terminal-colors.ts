/*
 * A program for terminal.test.ts: the colors of ora depend on the terminal of the process and FORCE_COLOR at
 * load time.
 */
import { twoSteps, written } from './terminal-output.ts';

const shown = [{}, { NO_COLOR: '1' }].map((env) => written(true, env, twoSteps));
console.log(JSON.stringify(await Promise.all(shown)));
