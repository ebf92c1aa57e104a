/** Loads the native part: one that was built on this machine, one beside the package, or the platform's own package. */

import { createRequire } from 'node:module';
import type * as Native from '../native.js';

/** Those that are published: the targets of `napi` in package.json. */
const published = [
  'linux-x64-gnu',
  'linux-x64-musl',
  'linux-arm64-gnu',
  'linux-arm64-musl',
  'darwin-x64',
  'darwin-arm64',
  'win32-x64-msvc',
  'win32-arm64-msvc',
];

function load(): typeof Native {
  const require = createRequire(import.meta.url);
  const here = `${process.platform}-${process.arch}`;
  // On Linux, the one whose C library fits loads.
  const fitting = published.filter((name) => name === here || name.startsWith(`${here}-`));
  const places = new Set([
    // `shutterkey-build` leaves this one: who has built it wants it.
    `../shutterkey.${here}.node`,
    ...fitting.map((name) => `../shutterkey.${name}.node`),
    ...fitting.map((name) => `shutterkey-${name}`),
  ]);
  const causes: unknown[] = [];
  for (const place of places) {
    try {
      return require(place) as typeof Native;
    } catch (cause) {
      causes.push(cause);
    }
  }
  const what = `shutterkey has no native part for ${process.platform} on ${process.arch}`;
  const found = causes.find((cause) => cause instanceof Error && 'code' in cause && cause.code !== 'MODULE_NOT_FOUND');
  const why = found instanceof Error ? `What is there does not load: ${found.message}. ` : '';
  const todo =
    fitting.length === 0
      ? 'One is published for Linux, macOS and Windows, on x64 and arm64. With Rust installed, build it:'
      : 'Install it again with its optional packages, or, with Rust installed, build it:';
  throw new AggregateError(causes, `${what}. ${why}${todo} npx shutterkey-build`);
}

/** @internal */
export const native: typeof Native = load();
/** Types of the native part: none of them is part of what the package promises. */
export type { Native };
