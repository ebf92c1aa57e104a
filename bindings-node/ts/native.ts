/** Loads the native part: the one that was built here, or the one of this platform's own package. */

import { createRequire } from 'node:module';
import type * as Native from '../native.js';

/** The names that this platform's builds may have. On Linux, the one whose C library fits loads. */
const builds: Record<string, readonly string[]> = {
  linux: ['linux-x64-gnu', 'linux-x64-musl', 'linux-arm64-gnu', 'linux-arm64-musl'],
  darwin: ['darwin-x64', 'darwin-arm64'],
  win32: ['win32-x64-msvc', 'win32-arm64-msvc'],
};

function load(): typeof Native {
  const require = createRequire(import.meta.url);
  const fitting = (builds[process.platform] ?? []).filter((name) => name.split('-')[1] === process.arch);
  const causes: unknown[] = [];
  for (const name of fitting) {
    for (const place of [`../shutterkey.${name}.node`, `shutterkey-${name}`]) {
      try {
        return require(place) as typeof Native;
      } catch (cause) {
        causes.push(cause);
      }
    }
  }
  const why =
    fitting.length === 0
      ? 'It is built for Linux, macOS and Windows on x64 and arm64.'
      : 'Install it again with its optional packages, or build it: see docs/node.md.';
  throw new AggregateError(causes, `shutterkey has no native part for ${process.platform} on ${process.arch}. ${why}`);
}

/** @internal */
export const native: typeof Native = load();
/** Types of the native part: none of them is part of what the package promises. */
export type { Native };
