
(async () => {
  const root = document.documentElement;
  const answer = location.search + location.hash;
  const title = document.querySelector("h1");
  const text = document.querySelector("p");
  const say = (heading, words) => { title.textContent = heading; text.textContent = words; };
  // Before anything else, so that the token does not stay in the address bar or the history.
  history.replaceState(null, "", location.pathname);
  if (!answer.includes("#")) {
    say("No answer here", "This address carries no answer. The login in the terminal is still waiting.");
    return;
  }
  try {
    const response = await fetch(root.dataset.post, { method: "POST", body: answer, headers: { "Content-Type": "text/plain" } });
    const said = await response.text();
    if (response.ok) location.replace(said);
    else say("This is not the answer", said);
  } catch {
    say("The terminal is gone", "Nothing is listening any more. Start the login again.");
  }
})();
