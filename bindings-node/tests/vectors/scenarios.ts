/** Whole operations: each step that is expected, and the answer that is played. */

import assert from 'node:assert/strict';
import {
  ShutterkeyError,
  type AccountKey,
  type ClientConfig,
  type Grant,
  type PendingAuthorization,
  type Token,
  type TokenInspection,
  type UserId,
} from 'shutterkey';
import * as operation from 'shutterkey/operation';
import { exactly, text, type Json, type Members } from './files.js';
import * as show from './show.js';
import { at, definition, response, type World } from './world.js';

/** An operation, and how its end is shown. */
type Begun = [operation.Operation<unknown>, (end: never) => Json];

export function scenarios(world: World, input: Members): Json {
  const { now, run, script, interrupted, resume_script: further } = exactly(
    input,
    ...['now', 'run', 'script', 'interrupted', 'resume_script'],
  );
  const play = new Play(world, now as number);
  const { operation: name, ...given } = run as Members;
  const [begun, shown] = begin[name as 'complete'](play, given);
  let end: unknown;
  try {
    end = play.act(begun, script as Members[]);
    assert.equal(interrupted, undefined, 'the first run was to be interrupted');
  } catch (error) {
    if (interrupted === undefined || !(error instanceof ShutterkeyError)) throw error;
    assert.ok(show.contains(show.error(error), interrupted), `interrupted by ${JSON.stringify(show.error(error))}`);
    world.print(error);
    world.print(error.resumable);
    end = play.act(operation.resume(error.resumable!), (further ?? []) as Members[]);
  }
  world.print(end);
  return shown(end as never);
}

const begin = {
  complete(play: Play, given: Members): Begun {
    const { client, login, redirect, namespace, alias } = exactly(
      given,
      ...['client', 'login', 'redirect', 'namespace', 'alias'],
    );
    const [pending, grant] = play.granted(login, redirect);
    const stored = { namespace: namespace as string | undefined, name: alias as string | undefined };
    return [operation.complete(play.world.client(client), pending, grant, stored), show.connection];
  },

  exchange(play: Play, given: Members): Begun {
    const { client, login, redirect } = exactly(given, 'client', 'login', 'redirect');
    const begun = operation.exchange(play.world.client(client), ...play.granted(login, redirect));
    return [begun, (answer: { token: Token }) => show.token(answer.token)];
  },

  extend: (play: Play, given: Members): Begun => [operation.extend(...play.about(given)), show.token],
  refresh: (play: Play, given: Members): Begun => [operation.refresh(...play.about(given)), show.token],
  identify: (play: Play, given: Members): Begun => [operation.identify(...play.about(given)), show.account],
  revoke: (play: Play, given: Members): Begun => [operation.revoke(...play.about(given)), () => null],

  instagram_accounts: (play: Play, given: Members): Begun => [
    operation.instagramAccounts(...play.about(given)),
    show.instagramAccounts,
  ],
  permissions: (play: Play, given: Members): Begun => [operation.permissions(...play.about(given)), show.permissions],

  inspect_token(play: Play, given: Members): Begun {
    const { inspector, ...about } = exactly(given, 'client', 'token', 'inspector');
    const by = { inspector: inspector === undefined ? undefined : play.world.token(inspector) };
    return [operation.inspectToken(...play.about(about as Members), by), (found) => play.inspected(found)];
  },

  app_token(play: Play, given: Members): Begun {
    return [operation.appToken(play.world.client(exactly(given, 'client')['client'])), show.token];
  },

  revoke_permission(play: Play, given: Members): Begun {
    const { permission, ...about } = exactly(given, 'client', 'token', 'permission');
    return [operation.revokePermission(...play.about(about as Members), permission as string), () => null];
  },

  import(play: Play, given: Members): Begun {
    const { client, token, namespace, alias, from_device: fromDevice } = exactly(
      given,
      ...['client', 'token', 'namespace', 'alias', 'from_device'],
    );
    const stored = {
      namespace: namespace as string | undefined,
      name: alias as string | undefined,
      fromDevice: fromDevice as boolean | undefined,
    };
    return [operation.importToken(play.world.client(client), text(token), stored), show.connection];
  },

  keep_fresh(play: Play, given: Members): Begun {
    const { client, account, namespace, even_if_not_due: evenIfNotDue } = exactly(
      given,
      ...['client', 'account', 'namespace', 'even_if_not_due'],
    );
    const options = { namespace: namespace as string, evenIfNotDue: evenIfNotDue as boolean | undefined };
    const begun = operation.keepFresh(play.world.client(client), keyOf(account), options);
    return [begun, (kept: operation.Kept) => show.kept(kept)];
  },

  report(play: Play, given: Members): Begun {
    const { client, account, namespace, response: answered, used } = exactly(
      given,
      ...['client', 'account', 'namespace', 'response', 'used'],
    );
    const begun = operation.report(play.world.client(client), keyOf(account), response(answered), {
      namespace: namespace as string,
      used: used === undefined ? undefined : play.world.token(used),
    });
    return [begun, (reported: operation.Reported) => show.reported(reported)];
  },

  logout(play: Play, given: Members): Begun {
    const { client, account, namespace } = exactly(given, 'client', 'account', 'namespace');
    const where = { namespace: namespace as string };
    const begun = operation.logout(play.world.client(client), keyOf(account), where);
    return [begun, show.loggedOut];
  },

  discover(_: Play, given: Members): Begun {
    return [operation.discover(exactly(given, 'issuer')['issuer'] as string), show.provider];
  },
};

function keyOf(account: Json | undefined): AccountKey {
  const [provider, appId, userId] = account as [string, string, UserId];
  return { provider, appId, userId };
}

/** Drives an operation with a script: no step more, none less, none other. */
class Play {
  readonly world: World;
  #now: number;

  constructor(world: World, now: number) {
    this.world = world;
    this.#now = now;
  }

  granted(login: Json | undefined, redirect: Json | undefined): [PendingAuthorization, Grant] {
    const pending = this.world.login(login);
    const grant = definition(() => pending.accept(text(redirect), { now: at(this.#now) }));
    this.world.print(grant);
    return [pending, grant];
  }

  about(given: Members): [ClientConfig, Token] {
    const { client, token } = exactly(given, 'client', 'token');
    return [this.world.client(client), this.world.token(token)];
  }

  /** Why a token is not valid is printed, too. */
  inspected(found: TokenInspection): Json {
    this.world.print(found.error);
    return show.inspection(found);
  }

  act<T>(running: operation.Operation<T>, script: readonly Members[]): T {
    const turns = [...script];
    try {
      let step = running.begin(at(this.#now));
      while (step.kind !== 'done') step = this.#turn(running, step, turns.shift());
      this.world.print(running);
      this.world.print(step);
      return step.value;
    } finally {
      assert.equal(turns.length, 0, `${turns.length} steps that were expected and not asked`);
    }
  }

  #turn<T>(running: operation.Operation<T>, asked: operation.Step<T>, turn: Members | undefined): operation.Step<T> {
    this.world.print(asked);
    const shown = showStep(asked);
    assert.ok(turn, `asked beyond the script: ${JSON.stringify(shown)}`);
    const { expect, answer, now } = exactly(turn, 'expect', 'answer', 'now');
    assert.ok(
      show.contains(shown, expect!),
      `expected ${JSON.stringify(expect)}\n  asked ${JSON.stringify(shown)}`,
    );
    if (asked.kind === 'send') this.world.print(asked.request);
    if (now !== undefined) this.#now = now as number;
    return running.step(this.#answer(answer!), at(this.#now));
  }

  #answer(spec: Json): operation.Answer {
    const named = typeof spec === 'string' ? { [spec]: null } : (spec as Members);
    assert.equal(Object.keys(named).length, 1);
    const [name, value] = Object.entries(named)[0] as [operation.Answer['kind'], Json];
    switch (name) {
      case 'response':
        return { kind: 'response', response: response(value) };
      case 'send_failed':
        return { kind: 'send_failed', reason: value as operation.SendFailure };
      case 'loaded': {
        if (value === null) return { kind: 'loaded' };
        const { record, version } = exactly(value as Members, 'record', 'version');
        return { kind: 'loaded', record: this.#record(record), version: version as number };
      }
      case 'leased':
        return { kind: 'leased', fence: value as number };
      case 'saved':
        return { kind: 'saved', version: value as number };
      case 'store_failed':
        return { kind: 'store_failed', code: value as string };
      case 'lease_held':
      case 'conflict':
      case 'released':
      case 'deleted':
      case 'waited':
        return { kind: name };
    }
    throw new Error(`no such answer: ${name as string}`);
  }

  /** A record as a store holds it. */
  #record(record: Json | undefined): Uint8Array {
    return Buffer.from(JSON.stringify(this.world.named('records', record)));
  }
}

function showStep(step: operation.Step<unknown>): Members {
  switch (step.kind) {
    case 'send':
      return { step: 'send', ...show.request(step.request) };
    case 'lease':
      return { step: 'lease', key: step.key, ttl: Math.floor(step.ttl) };
    case 'save':
      return {
        step: 'save',
        key: step.key,
        expected: step.expected ?? null,
        fence: step.fence ?? null,
        record: JSON.parse(new TextDecoder().decode(step.record)) as Json,
        forget_at: show.seconds(step.forgetAt) ?? null,
      };
    case 'wait':
      return { step: 'wait' };
    case 'done':
      throw new Error('the end is no step');
    default: {
      const { kind, ...members } = step;
      return { step: kind, ...members };
    }
  }
}
