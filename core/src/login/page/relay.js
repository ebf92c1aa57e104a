
(() => {
  const root = document.documentElement;
  const find = (id) => document.getElementById(id);
  const address = location.href;
  const answer = location.search + location.hash;
  // Before anything else, so that the code does not stay in the address bar or the history.
  history.replaceState(null, "", location.pathname);
  // A page that frames this one could lay its own button over ours.
  if (window.top !== window.self) return;
  const say = (heading, words) => { find("title").textContent = heading; find("words").textContent = words; };
  if (!/[?#&](code|error|access_token)=/.test(answer)) {
    say("No answer here", "This page hands on the answer of a login, and its address carries none. Start the login again.");
    return;
  }
  const app = root.dataset.app;
  if (/[?&]error=/.test(answer)) say("Not approved", "The platform did not grant it. Hand the answer on all the same: whoever began the login then knows why.");
  else if (app) say("Almost there", "The answer is here. Hand it to the app that began the login.");
  else say("Almost there", "The answer is here. Hand it to the machine that waits, or copy it into the terminal.");
  const template = document.querySelector("template");
  template.replaceWith(template.content);
  const text = find("answer");
  text.value = address;
  find("hand").addEventListener("click", () => {
    location.assign(app ? app + answer : root.dataset.local + location.pathname + answer);
  });
  find("copy").addEventListener("click", async () => {
    text.select();
    try { await navigator.clipboard.writeText(address); find("copied").textContent = "Copied."; }
    catch { find("copied").textContent = "Copy what is marked, by hand."; }
  });
})();
