/* A program for terminal.test.ts: ora's colors look at the process's own terminal and FORCE_COLOR when they are loaded, once. */
import { twoSteps, written } from './terminal-output.ts';

const shown = [{}, { NO_COLOR: '1' }].map((env) => written(true, env, twoSteps));
console.log(JSON.stringify(await Promise.all(shown)));
