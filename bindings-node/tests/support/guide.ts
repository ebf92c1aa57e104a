/**
 * The blocks of the guides: found, compiled as a reader's compiler would, and run, each in a process of its own.
 *
 * What a block needs and a reader has, or what it is to come to, stands in comments that a page does not show:
 *
 * - `<!-- setup` before a block: code that runs before it;
 * - `<!-- goes on -->` before a block: the block before this one runs before it, with its setup;
 * - `<!-- then` after a block: code that runs after it;
 * - `<!-- not run: WHY -->` before a block: it is compiled alone.
 *
 * A block with a comment `// SomeError: …` throws that, and nothing else.
 */

import { spawn } from 'node:child_process';
import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join, relative, sep } from 'node:path';
import { fileURLToPath } from 'node:url';

const here = fileURLToPath(new URL('../../../', import.meta.url));
const vitest = join(here, 'node_modules', 'vitest', 'vitest.mjs');
const world = new URL('./guide_world.js', import.meta.url);

/** A block of a page. */
export interface Block {
  /** The page, as a person calls it. */
  readonly page: string;
  /** The line of its fence. */
  readonly line: number;
  readonly language: string;
  /** Its own lines. */
  readonly code: string;
  /** All that is compiled, each line where it is in the page. */
  readonly source: string;
  /** What it throws. */
  readonly throws: string | undefined;
  /** Why it is compiled alone. */
  readonly notRun: string | undefined;
}

/** The blocks of a page, in order. */
export function blocksOf(page: string, text: string): Block[] {
  const lines = text.split('\n');
  const found: Block[] = [];
  let before: Comments = new Map();
  let last: Lines = [];
  for (let at = 0; at < lines.length; at += 1) {
    const line = lines[at] as string;
    if (line.startsWith('<!-- ')) {
      const end = ended(lines, at, '-->', page);
      const [, kind = '', said = ''] = /^<!-- (setup|then|goes on|not run)(?:: (.*) -->$| -->$|$)/.exec(line) ?? [];
      if (kind === '') throw new Error(`${page}:${at + 1}: what is this comment for?`);
      before.set(kind, { at, said, lines: numbered(lines, at + 1, end) });
      at = end;
    } else if (line.startsWith('```')) {
      const end = ended(lines, at, '```', page);
      const own = numbered(lines, at + 1, end);
      last = [...(before.has('goes on') ? last : []), ...(before.get('setup')?.lines ?? []), ...own];
      const code = own.map(([, content]) => content).join('\n');
      found.push({
        page,
        line: at + 1,
        language: line.slice(3),
        code,
        source: placed([...last, ...after(lines, end + 1, page)]),
        throws: /\/\/ (\w+Error): /.exec(code)?.[1],
        notRun: before.get('not run')?.said,
      });
      before = new Map();
      at = end;
    } else if (line !== '') {
      const lost = [...before].find(([kind]) => kind !== 'then');
      if (lost) throw new Error(`${page}:${lost[1].at + 1}: no block follows this comment`);
      before = new Map();
    }
  }
  return found;
}

type Lines = (readonly [at: number, content: string])[];
type Comments = Map<string, { readonly at: number; readonly said: string; readonly lines: Lines }>;

/** Where something ends that began at a line. */
function ended(lines: readonly string[], at: number, by: string, page: string): number {
  if (by === '-->' && lines[at]?.endsWith(by)) return at;
  const end = lines.indexOf(by, at + 1);
  if (end < 0) throw new Error(`${page}:${at + 1}: this never ends`);
  return end;
}

function after(lines: readonly string[], at: number, page: string): Lines {
  return lines[at] === '<!-- then' ? numbered(lines, at + 1, ended(lines, at, '-->', page)) : [];
}

function numbered(lines: readonly string[], from: number, to: number): Lines {
  return lines.slice(from, to).map((content, index) => [from + index, content]);
}

/** A text that has each line where it stands in the page, so that what a compiler says of it is true of the page. */
function placed(lines: Lines): string {
  const text: string[] = [];
  for (const [at, content] of lines) text[at] = content;
  return `${Array.from(text, (content) => content ?? '').join('\n')}\n`;
}

/** A place in a file as a stack trace has it, or as `tsc` has it. */
const MENTION = /[^\s()]*\/([\w.-]+)\.ts(?::(\d+):\d+|\((\d+),\d+\))/g;

/** What a block comes to: nothing, or what is wrong with it. */
export type Outcome = (block: Block, options?: { readonly patience?: number }) => Promise<string | undefined>;

/** Compiles all blocks of TypeScript into a folder of `build`, and answers what runs one of them. */
export async function compiled(folder: string, blocks: readonly Block[]): Promise<Outcome> {
  const place = join(here, 'build', folder);
  rmSync(place, { recursive: true, force: true });
  mkdirSync(place, { recursive: true });
  const names = new Map<Block, string>(blocks.map((block) => [block, nameOf(block)]));
  for (const [block, name] of names) writeFileSync(join(place, `${name}.ts`), block.source);
  writeFileSync(join(place, 'world.d.ts'), WORLD);
  writeFileSync(join(place, 'tsconfig.json'), JSON.stringify(PROJECT));

  const tsc = join(here, 'node_modules', 'typescript', 'bin', 'tsc');
  const { output } = await run([tsc, '-p', place, '--pretty', 'false'], here);
  // Lines that are indented say more of the one before them.
  const complaints = output.split(/\n(?=\S)/).filter((line) => line.includes('error TS'));
  const about = (name: string): string[] => complaints.filter((line) => line.includes(`/${name}.ts(`));
  // What is said of no block, such as of this project itself, concerns them all.
  const known = new Set([...names.values()].flatMap(about));
  const general = complaints.filter((line) => !known.has(line));
  const pages = new Map([...names].map(([block, name]) => [name, block.page]));
  /** What was said of a file that was made here, said of the page. */
  const said = (text: string): string =>
    text.replaceAll(MENTION, (whole, name: string, traced?: string, told?: string) =>
      pages.has(name) ? `${pages.get(name)}:${traced ?? told}` : whole,
    );

  return async (block, { patience = 60_000 } = {}) => {
    const name = names.get(block) as string;
    const wrong = [...general, ...about(name)];
    if (wrong.length > 0) return `does not compile:\n${said(wrong.join('\n'))}`;
    if (block.notRun !== undefined) return undefined;
    const script = join(place, 'out', relative(here, place).split(sep).join('/'), `${name}.js`);
    const home = mkdtempSync(join(tmpdir(), 'shutterkey-guide-'));
    try {
      const command = isForVitest(block) ? [vitest, 'run', '--root', place] : ['--import', world.href];
      const { end, output: shown } = await run([...command, script], home, patience);
      return outcome(block, end, said(shown));
    } finally {
      rmSync(home, { recursive: true, force: true });
    }
  };
}

/** Its file's name, without an ending of its language. */
function nameOf(block: Block): string {
  const name = `${block.page.replaceAll(/\W+/g, '-')}-${block.line}`;
  return isForVitest(block) ? `${name}.test` : name;
}

/** A block of tests that vitest runs; those of `node:test` run by themselves. */
function isForVitest({ source }: Block): boolean {
  return source.includes("from 'vitest'");
}

function outcome({ page, throws }: Block, end: number | NodeJS.Signals, shown: string): string | undefined {
  if (end === 'SIGTERM') return `does not end:\n${shown}`;
  if (end === 13) return `waits for what never comes:\n${shown}`;
  if (throws === undefined) return end === 0 ? undefined : `ends with ${end}:\n${shown}`;
  const thrown = end === 1 && shown.includes(`${throws}: `) && shown.includes(`${page}:`);
  return thrown ? undefined : `does not throw ${throws}:\n${shown}`;
}

/** Runs a script in a home of its own; answers its exit code, or what ended it: `SIGTERM` after as much patience. */
async function run(
  args: readonly string[],
  home: string,
  patience?: number,
): Promise<{ end: number | NodeJS.Signals; output: string }> {
  const env: NodeJS.ProcessEnv = { PATH: process.env['PATH'], HOME: home };
  for (const folder of ['XDG_DATA_HOME', 'XDG_CONFIG_HOME']) env[folder] = join(home, folder);
  const child = spawn(process.execPath, ['--enable-source-maps', ...args], { cwd: home, env, timeout: patience });
  const chunks: Buffer[] = [];
  for (const stream of [child.stdout, child.stderr]) stream.on('data', (chunk: Buffer) => chunks.push(chunk));
  const end = await new Promise<number | NodeJS.Signals>((resolve, reject) => {
    child.once('error', reject).once('close', (code, signal) => resolve(code ?? signal ?? 1));
  });
  return { end, output: Buffer.concat(chunks).toString() };
}

/** As `tsc --strict`; nothing that a reader's project may not have. */
const PROJECT = {
  compilerOptions: {
    target: 'es2022',
    module: 'nodenext',
    types: ['node'],
    strict: true,
    exactOptionalPropertyTypes: true,
    moduleDetection: 'force',
    rootDir: '../..',
    outDir: 'out',
    sourceMap: true,
  },
  include: ['*.ts'],
};

/** What a block finds beside what it says: see `guide_world.ts`. */
const WORLD = `import type { Server } from 'node:http';
import type { Keeper, Sandbox, SandboxApp } from 'shutterkey';
declare global {
  var sandbox: Sandbox;
  var app: SandboxApp;
  var keeper: Keeper;
  var sealKeys: string;
  function person(): void;
  function signedIn(request: unknown): string;
  function connects(site: Server | ((path: string, init?: RequestInit) => Response | Promise<Response>)): Promise<void>;
}
`;
