/** The pages of the example sites: plain HTML, which needs nothing from elsewhere. */

import type { StoredAccount } from 'shutterkey';

const STYLE = `
  :root { color-scheme: light dark; --ink: #1b1b1f; --quiet: #5b5b66; --ground: #fbfaf8; --card: #ffffff; --line: #dedbd5;
    --act: #8a3b12; --on-act: #ffffff; --done: #2f7d4f; }
  @media (prefers-color-scheme: dark) { :root { --ink: #ecebe8; --quiet: #a9a7a1; --ground: #17171a; --card: #212126;
    --line: #3a3a41; --act: #f0a878; --on-act: #2a1206; --done: #6fce98; } }
  * { box-sizing: border-box; }
  body { margin: 0; background: var(--ground); color: var(--ink); font: 1.0625rem/1.55 system-ui, sans-serif; }
  header, main { width: min(35rem, 100% - 3rem); margin: 0 auto; padding: 1.25rem 0; }
  header, nav { display: flex; flex-wrap: wrap; justify-content: space-between; gap: .25rem 1.25rem; }
  header { padding-top: 2.5rem; border-bottom: 1px solid var(--line); }
  header a:first-child { color: inherit; font-weight: 650; text-decoration: none; }
  header span, .quiet { color: var(--quiet); }
  h1 { margin: 1.25rem 0 .75rem; font-size: 1.75rem; line-height: 1.2; letter-spacing: -.01em; }
  p { margin: 0 0 1.25rem; }
  a { color: var(--act); }
  ul { list-style: none; margin: 1.25rem 0; padding: 0; border: 1px solid var(--line); border-radius: .75rem;
    background: var(--card); }
  li { padding: 1rem 1.25rem; }
  li + li { border-top: 1px solid var(--line); }
  li strong, li span { display: block; overflow-wrap: anywhere; }
  .connected { display: none; padding: .75rem 1.25rem; border-left: 4px solid var(--done); background: var(--card); }
  #connected:target .connected { display: block; }
  button { font: inherit; font-weight: 600; padding: .65rem 1.25rem; border: 0; border-radius: .6rem; cursor: pointer;
    background: var(--act); color: var(--on-act); }
  :focus-visible { outline: 3px solid var(--act); outline-offset: 3px; border-radius: .3rem; }
`;

/** What a person sees first: a button. `start` is the path of the route that begins a login. */
export function homePage(start: string, person: string): string {
  return page(
    'A contact sheet of your pictures',
    person,
    `<p>Darkroom reads your Instagram pictures and lays them out on one page. It changes nothing.</p>
     ${connectForm(start, 'Connect Instagram')}
     <p class="quiet">You need a professional account. You can take the permission back at any time.</p>`,
  );
}

/** The accounts that are connected, and until when. */
export function accountsPage(start: string, person: string, accounts: readonly StoredAccount[]): string {
  if (accounts.length === 0) {
    return page('Your accounts', person, `<p>No account is connected yet.</p>${connectForm(start, 'Connect Instagram')}`);
  }
  const rows = accounts.map((stored) => {
    const { userId, username = userId } = stored.account;
    return `<li><strong>${escaped(username)}</strong><span class="quiet">${howItIs(stored)}</span></li>`;
  });
  const content = `<p class="connected">Your account is connected.</p><ul>${rows.join('')}</ul>`;
  return page('Your accounts', person, content + connectForm(start, 'Connect another account'));
}

function howItIs({ state, token }: StoredAccount): string {
  switch (state.kind) {
    case 'live':
      return `Connected until ${day(token.expiresAt)}, renewed by itself`;
    case 'login_needed_by':
      return `Connected until ${day(state.by)}: connect it again before that`;
    case 'needs_login':
      return 'Not connected any more: connect it again';
    case 'blocked':
      return 'Instagram wants you to confirm something there first';
  }
}

function day(moment: Date | undefined): string {
  return moment?.toLocaleDateString('en-GB', { dateStyle: 'long', timeZone: 'UTC' }) ?? 'further notice';
}

/** A login is begun by POST: no link on another site, no image and no mail can do that. */
function connectForm(start: string, words: string): string {
  return `<form method="post" action="${escaped(start)}">
    <input type="hidden" name="return_to" value="/accounts"><p><button>${words}</button></p></form>`;
}

/** A login ends at the address of a page with `#connected`, which is the page itself: the keyboard begins at its top. */
function page(title: string, person: string, content: string): string {
  return `<!doctype html>
<html lang="en">
<head>
<meta charset="utf-8">
<meta name="viewport" content="width=device-width, initial-scale=1">
<title>${title} · Darkroom</title>
<style>${STYLE}</style>
</head>
<body id="connected">
<header>
<nav aria-label="Site"><a href="/">Darkroom</a><a href="/accounts">Your accounts</a></nav>
<span>Signed in as ${escaped(person)}</span>
</header>
<main>
<h1>${title}</h1>
${content}
</main>
</body>
</html>
`;
}

function escaped(text: string): string {
  return text.replace(/[&<>"']/g, (mark) => `&#${mark.charCodeAt(0)};`);
}
