/** Between the words of the control API and those of this package. */

import { fileURLToPath } from 'node:url';
import type { Native } from './native.js';
import type { SandboxDelivery } from './sandbox_types.js';
import type { Scenario } from './scenario.js';
import { toDate } from './time.js';

/** An object of JSON. */
export type Json = Record<string, unknown>;

/** An object with the names of its own members as the control API writes them; those of objects within stay. */
export function snake(object: object): Json {
  return named(object, (name) => name.replaceAll(/[A-Z]/g, (letter) => `_${letter.toLowerCase()}`));
}

/** An object with the names of its own members as JavaScript writes them, and without those that are `null`. */
export function camel(object: Json): Json {
  return named(object, (name) => name.replaceAll(/_([a-z])/g, (_, letter: string) => letter.toUpperCase()));
}

function named(object: object, rename: (name: string) => string): Json {
  const members = Object.entries(object).filter(([, value]) => value !== null && value !== undefined);
  return Object.fromEntries(members.map(([name, value]) => [rename(name), value]));
}

/** An object of as many members, each made from one. */
export function mapped<T, M>(all: Readonly<Record<string, T>>, make: (one: T) => M): Record<string, M> {
  return Object.fromEntries(Object.entries(all).map(([name, one]) => [name, make(one)]));
}

/** A delivery, as the control API answers it. */
export function delivery(sent: Json): SandboxDelivery {
  return { ...camel(sent), at: toDate(sent['at'] as number) } as unknown as SandboxDelivery;
}

/** A scenario: an object, or the path of a file. */
export function given(scenario: Scenario | string | URL): Native.GivenScenario {
  if (typeof scenario === 'string') return { file: scenario };
  if (scenario instanceof URL) return { file: fileURLToPath(scenario) };
  return { json: JSON.stringify(scenario) };
}
