/** What is downloaded. */

import { execFileSync } from 'node:child_process';
import { fileURLToPath } from 'node:url';

const cwd = fileURLToPath(new URL('..', import.meta.url));
const [{ size, unpackedSize, files }] = JSON.parse(
  execFileSync('npm', ['pack', '--dry-run', '--json', '--ignore-scripts'], { cwd, encoding: 'utf8' }),
);
const native = files.find(({ path }) => path.endsWith('.node'));
const megabytes = (bytes) => `${(bytes / 1e6).toFixed(2)} MB`;
console.log(
  `packed ${megabytes(size)} (aim 6), unpacked ${megabytes(unpackedSize)}, of which the native part ${megabytes(native?.size ?? 0)}`,
);
