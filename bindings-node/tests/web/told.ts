/** What the hooks of a site are told, and what they do about it. */

import type { ShutterkeyError } from 'shutterkey';
import type { Connected, DataDeletion, Deauthorized, DeletionStatus, Route } from 'shutterkey/web';

/** What the site binds to a login. */
export interface Tenant {
  readonly tenant: number;
}

/** What each hook is told. */
export interface Told {
  onConnected: Connected<Tenant>;
  onDeauthorized: Deauthorized;
  onDataDeletion: DataDeletion;
  deletionStatus: DeletionStatus;
  onWebhook: unknown;
  onError: ShutterkeyError;
}

/** What hooks do beside being told. `redirect` answers by itself, as one does with the framework at hand. */
export type Hooks = {
  [Hook in keyof Told]?: (told: Told[Hook], redirect: (to: string) => unknown) => unknown;
};

/** All that was told, in order. */
export class Heard {
  /** The route of each error. */
  readonly erred: Route[] = [];
  readonly #all: [keyof Told, unknown][] = [];

  tell<Hook extends keyof Told>(hook: Hook, told: Told[Hook]): void {
    this.#all.push([hook, told]);
  }

  /** Which hooks were called. */
  get hooks(): (keyof Told)[] {
    return this.#all.map(([hook]) => hook);
  }

  /** What one of them was told. */
  of<Hook extends keyof Told>(hook: Hook): Told[Hook][] {
    return this.#all.filter(([called]) => called === hook).map(([, told]) => told as Told[Hook]);
  }

  /** What the only call of any hook was told; fails unless there was one, of this hook. */
  only<Hook extends keyof Told>(hook: Hook): Told[Hook] {
    const [first, ...others] = this.#all;
    if (first?.[0] !== hook || others.length > 0) throw new Error(`${hook}? It was ${this.hooks.join(', ') || 'nothing'}.`);
    return first[1] as Told[Hook];
  }

  forget(): void {
    this.#all.length = 0;
    this.erred.length = 0;
  }
}
