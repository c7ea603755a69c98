/** The page, without an inline script or style: it is served with a Content-Security-Policy that refuses them. */
export function renderPage(user: string | null, hasSandbox: boolean): string {
  return `<!doctype html>
<html lang="en">
<head>
<meta charset="utf-8">
<meta name="viewport" content="width=device-width, initial-scale=1">
<meta name="color-scheme" content="light dark">
<title>Powens connections: demo</title>
<link rel="stylesheet" href="assets/page/page.css">
<script type="module" src="assets/element/index.js"></script>
<script type="module" src="assets/page/main.js"></script>
</head>
<body data-user="${escape(user ?? '')}">
<header>
<h1>Powens connections: demo</h1>
<nav aria-label="Documents"><a href="docs">Swagger UI: every route</a></nav>
</header>
<main>
<noscript><p>This page needs JavaScript. Without it, sign in with <code>POST /session</code> and open <a href="connections/connect">/connections/connect</a>.</p></noscript>
<section id="signed-out" aria-labelledby="sign-in-title" hidden>
<h2 id="sign-in-title">Sign in</h2>
<p>This stands in for the login of your application: any name will do, and there is no password.</p>
<form id="sign-in">
<label for="user">User name</label>
<input id="user" name="user" autocomplete="username" autocapitalize="none" spellcheck="false" maxlength="64" required>
<button>Sign in</button>
</form>
<p id="sign-in-problem" role="alert"></p>
</section>
<section id="signed-in" aria-labelledby="signed-in-title" hidden>
<div class="person"><h2 id="signed-in-title" tabindex="-1"></h2><button id="sign-out" type="button">Sign out</button></div>
<p id="sign-out-problem" role="alert"></p>
<p>${hasSandbox ? 'The provider is played by a local sandbox: no bank is real, and it shows the credentials to type.' : 'The provider is the one that is configured.'}
Below is <code>&lt;powens-connections&gt;</code>, the element of the library.</p>
<div id="element"></div>
${hasSandbox ? SANDBOX : ''}
<section class="panel" aria-labelledby="events-title">
<h2 id="events-title">Events</h2>
<p>The last that the handlers of this application received, newest first.</p>
<p id="no-events">No event yet.</p>
<div role="log" aria-labelledby="events-title"><ol id="events"></ol></div>
</section>
</section>
</main>
</body>
</html>
`;
}

/** Only the sandbox can simulate what a bank does. */
const SANDBOX = `<section class="panel" aria-labelledby="sandbox-title">
<h2 id="sandbox-title">Play the bank</h2>
<p>Puts the newest connection into a state, as a bank does after some months. The webhook and the event follow.</p>
<form id="bank">
<label for="state">State</label>
<select id="state" name="state">
<option value="SCARequired">SCARequired: a strong authentication is due</option>
<option value="wrongpass">wrongpass: the password was changed</option>
<option value="websiteUnavailable">websiteUnavailable: the bank is down</option>
<option value="actionNeeded">actionNeeded: a message on the bank's site</option>
</select>
<button>Apply</button>
</form>
<p id="bank-problem" role="alert"></p>
</section>`;

function escape(text: string): string {
  return text.replace(/[&<>"']/g, (character) => `&#${character.charCodeAt(0)};`);
}
