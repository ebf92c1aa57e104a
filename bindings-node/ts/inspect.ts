/** How values with secrets in them show themselves. */

import type { InspectOptions } from 'node:util';

/** What `util.inspect` and `console.log` call. */
export const inspected = Symbol.for('nodejs.util.inspect.custom');

/** What Node passes to it. */
export type Inspect = (value: unknown, options?: InspectOptions) => string;

/** @internal A class name with what may be seen. */
export function shown(
  name: string,
  parts: Record<string, unknown>,
  depth: number,
  options: InspectOptions,
  inspect: Inspect,
): string {
  if (depth < 0) return `[${name}]`;
  const present = Object.fromEntries(Object.entries(parts).filter(([, value]) => value !== undefined));
  return `${name} ${inspect(present, options)}`;
}
