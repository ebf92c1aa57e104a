#!/usr/bin/env node
/** The command `shutterkey`. Of the package it loads the native part alone. */

import type { Native } from './native.js';

async function main(): Promise<number> {
  let native: typeof Native;
  try {
    ({ native } = await import('./native.js'));
  } catch (error) {
    // A person reads this: one sentence, without each place that was looked at.
    console.error(`error: ${error instanceof Error ? error.message : String(error)}`);
    return 126; // as a shell says of what cannot be run
  }
  // The command hears Ctrl-C itself, and passes it on to who heard it before: Node's own handler, which would send it again and
  // again. With one of JavaScript's in its place, which never runs while the command does, there is an end to it.
  for (const signal of ['SIGINT', 'SIGTERM'] as const) process.on(signal, () => {});
  return native.runCommand(process.argv.slice(2));
}

process.exitCode = await main();
