/** What is downloaded. */

import { execFileSync } from 'node:child_process';
import { fileURLToPath } from 'node:url';
import { verdict } from './lib.js';

const AIM = 6e6;
const cwd = fileURLToPath(new URL('..', import.meta.url));
const [{ size, unpackedSize, files }] = JSON.parse(
  execFileSync('npm', ['pack', '--dry-run', '--json', '--ignore-scripts'], { cwd, encoding: 'utf8' }),
);
const megabytes = (bytes) => `${(bytes / 1e6).toFixed(2)} MB`;
const sum = (part) => files.filter(({ path }) => part(path)).reduce((total, file) => total + file.size, 0);
const native = sum((path) => path.endsWith('.node'));
const source = sum((path) => path.startsWith('source/'));
const beside = source > 0 ? `, its sources ${megabytes(source)}` : '';
console.log(
  `packed ${megabytes(size)}   aim: below ${megabytes(AIM)}, ${verdict(size < AIM)}\n` +
    `unpacked ${megabytes(unpackedSize)}, of which the native part ${megabytes(native)}${beside}`,
);
