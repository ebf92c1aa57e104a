/** Every block of the guides is compiled and run. */

import assert from 'node:assert/strict';
import { existsSync, readFileSync } from 'node:fs';
import { before, describe, test } from 'node:test';
import { blocksOf, compiled, type Outcome } from './support/guide.js';

const root = new URL('../../../', import.meta.url);
const pages = ['docs/node.md', 'docs/sandbox.md', 'README.md', 'bindings-node/README.md'];
const blocks = pages.flatMap((page) => blocksOf(page, readFileSync(new URL(page, root), 'utf8')));
const typescript = blocks.filter(({ language }) => language === 'ts');

/** What a person types. */
const COMMANDS =
  /^(npm (install|ci|test|run build)|npx shutterkey(-build| (login|import|token|whoami|accounts|sandbox|keygen))?)\b/;
/** What other suites run, by the page that has it: those of the languages, of Rust's sandbox, and Python's of the recipes. */
const OTHERS: Readonly<Record<string, readonly string[]>> = {
  'README.md': ['sh', 'toml', 'rust,no_run', 'python', 'swift', 'kotlin'],
  'docs/sandbox.md': ['', 'toml', 'bash', 'python', 'http'],
};

describe('blocks', { concurrency: 2 }, () => {
  let outcome: Outcome;
  before(async () => {
    outcome = await compiled('docs', typescript);
  });
  for (const block of typescript) {
    test(`${block.page}:${block.line} ${block.notRun === undefined ? 'runs' : 'compiles'}`, async () => {
      const wrong = await outcome(block);
      assert.equal(wrong, undefined, `${block.page}:${block.line} ${wrong}`);
    });
  }
});

test('each page has blocks, nobody forgot one, and none is left unrun', () => {
  for (const page of pages) assert.ok(typescript.some((block) => block.page === page), page);
  for (const { page, line, language, code } of blocks) {
    if (language === 'ts' || OTHERS[page]?.includes(language)) continue;
    assert.equal(language, 'sh', `${page}:${line}: who runs ${language}?`);
    for (const command of code.split('\n')) assert.match(command, COMMANDS, `${page}:${line}`);
  }
  assert.deepEqual(typescript.filter(({ notRun }) => notRun !== undefined), []);
});

test('what a page links to is there', () => {
  for (const page of pages) {
    const text = readFileSync(new URL(page, root), 'utf8');
    const headings = Array.from(text.matchAll(/^#+ (.+)$/gm), ([, words = '']) => words.toLowerCase().replaceAll(' ', '-'));
    for (const [, file = '', , heading] of text.matchAll(/\]\(([^)#:]*)(#([^)]+))?\)/g)) {
      assert.ok(existsSync(new URL(file, new URL(page, root))), `${page}: ${file}`);
      if (heading !== undefined && file === '') assert.ok(headings.includes(heading), `${page}: #${heading}`);
    }
  }
});

/** A page with everything that can be wrong with one. */
const BROKEN = `# Broken

\`\`\`ts
const length: number = 'three';
\`\`\`

<!-- setup
const name = 'nobody';
-->
\`\`\`ts
await keeper.token('me');
await keeper.token(name);
\`\`\`

\`\`\`ts
setInterval(() => {}, 1_000);
\`\`\`

\`\`\`ts
await new Promise(() => {});
\`\`\`

\`\`\`ts
String(await keeper.account('me')); // TypeError: it does not
\`\`\`

\`\`\`ts
const token = await keeper.token('me');
\`\`\`

<!-- goes on -->
\`\`\`ts
console.log(token.kind);
\`\`\`
<!-- then
if (token.kind === 'long') throw new Error('found');
-->

<!-- not run: it ends the process -->
\`\`\`ts
process.exit(3);
\`\`\`
`;

test('a block that does not compile, throws, hangs or does not throw is found, by its line', async () => {
  const broken = blocksOf('broken.md', BROKEN);
  const outcome = await compiled('docs-broken', broken);
  const found: Record<number, string | undefined> = {};
  for (const block of broken) {
    const hangs = block.code.startsWith('setInterval');
    found[block.line] = await outcome(block, hangs ? { patience: 2_000 } : {});
  }
  const expected: Record<number, RegExp | undefined> = {
    3: /does not compile:\nbroken\.md:4: error TS2322/,
    10: /ends with 1:\n[^]*account\.not_found[^]*broken\.md:12\b/,
    15: /does not end/,
    19: /waits for what never comes/,
    23: /does not throw TypeError/,
    27: undefined,
    32: /ends with 1:\n[^]*found[^]*broken\.md:36\b/,
    40: undefined,
  };
  assert.deepEqual(Object.keys(found), Object.keys(expected));
  for (const [line, wrong] of Object.entries(found)) {
    const pattern = expected[Number(line)];
    if (pattern) assert.match(String(wrong), pattern, line);
    else assert.equal(wrong, undefined, line);
  }
});

test('a page whose comments or fences are wrong is not read', () => {
  const wrong = ['```ts\nnever\n', '<!-- setup\nnever\n', '<!-- set up -->\n', '<!-- goes on -->\nwords\n'];
  for (const page of wrong) assert.throws(() => blocksOf('wrong.md', page), /wrong\.md:1: /, page);
});
