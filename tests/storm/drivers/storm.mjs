// Many callers of one account over a store that processes share, asked by JSON lines; the storms are in `../run.py`.
//
// Tokens stay inside: an answer has their digests, and how often each came.
import { createHash } from "node:crypto";
import { createInterface } from "node:readline";

import { Client, FileStore, Keeper, PostgresStore, Provider } from "../../../bindings-node/lib/index.js";

let told, keeper;

const operations = {
  open(asked) {
    told = asked;
    const { sandbox, client_id: clientId, folder, address, seal_keys: sealKeys } = asked;
    const provider = Provider.inSandbox("instagram", sandbox);
    const client = new Client({ provider, clientId, redirectUri: "https://localhost/" });
    keeper = new Keeper({ client, store: folder ? new FileStore(folder) : new PostgresStore(address, { sealKeys }) });
    return {};
  },
  async import({ token, expires_at }) {
    await keeper.importToken(token, { name: told.account, expiresAt: expires_at * 1000 });
    return {};
  },
  async storm() {
    const tokens = await Promise.all(Array.from({ length: told.callers }, () => keeper.token(told.account)));
    const found = {};
    for (const token of tokens) {
      const digest = createHash("sha256").update(token.reveal()).digest("hex").slice(0, 16);
      found[digest] = (found[digest] ?? 0) + 1;
    }
    return found;
  },
};

for await (const line of createInterface({ input: process.stdin })) {
  const { op, ...asked } = JSON.parse(line);
  console.log(JSON.stringify(await operations[op](asked)));
}
