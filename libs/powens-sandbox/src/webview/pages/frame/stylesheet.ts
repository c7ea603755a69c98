import { createHash } from 'node:crypto';
import { CONNECTORS } from '../../../connectors/connector.catalogue.js';

const BANK_COLOURS = CONNECTORS.map((one) => `.c${one.id}{--bank:#${one.color}}`).join('');

/** The one stylesheet of all pages, inline: a page loads nothing else, from here or from elsewhere. */
export const STYLESHEET = `
*{box-sizing:border-box}
:root{--ink:#14213d;--muted:#55607a;--line:#d9dfeb;--paper:#fff;--ground:#eef2f8;--accent:#1d4fd7;--accent-ink:#fff;
--danger:#a3152d;--danger-paper:#fdecef;--note:#fff6dd;--note-line:#e3c565;--bank:#1d4fd7}
html{font:16px/1.5 system-ui,-apple-system,"Segoe UI",Roboto,"Helvetica Neue",Arial,sans-serif;color:var(--ink);
background:var(--ground)}
body{margin:0;min-height:100vh;display:flex;flex-direction:column;align-items:center;padding:2rem 1rem}
.card{width:100%;max-width:30rem;background:var(--paper);border-radius:1rem;overflow:hidden;
box-shadow:0 1px 2px rgba(20,33,61,.08),0 12px 32px rgba(20,33,61,.1)}
.bar{display:flex;align-items:center;justify-content:space-between;gap:1rem;padding:.9rem 1.5rem;
border-bottom:1px solid var(--line);font-weight:600}
.badge{font-size:.72rem;font-weight:700;letter-spacing:.06em;text-transform:uppercase;padding:.2rem .6rem;
border-radius:1rem;background:var(--note);border:1px solid var(--note-line);color:#5c4400}
main{padding:1.5rem}
h1{font-size:1.4rem;line-height:1.25;margin:0 0 .5rem}
h2{font-size:1rem;margin:1.25rem 0 .5rem}
code{font:.92em ui-monospace,SFMono-Regular,Menlo,Consolas,monospace;overflow-wrap:anywhere}
li{overflow-wrap:anywhere}
p{margin:.5rem 0 1rem}
.muted{color:var(--muted);font-size:.9rem}
ul.plain{list-style:none;margin:0;padding:0}
ul.points{margin:.5rem 0 1.25rem;padding-left:1.2rem}
ul.points li{margin:.35rem 0}
label{display:block;font-weight:600;margin:1rem 0 .3rem}
input[type=text],input[type=password],input[type=search],select{width:100%;font:inherit;color:inherit;
padding:.65rem .8rem;border:1px solid #8a94aa;border-radius:.55rem;background:#fff}
input[aria-invalid=true]{border-color:var(--danger);border-width:2px}
:focus-visible{outline:3px solid var(--accent);outline-offset:2px}
button,.button{font:inherit;font-weight:600;cursor:pointer;border-radius:.6rem;padding:.75rem 1rem;
border:1px solid transparent;text-align:center;text-decoration:none;display:block;width:100%}
.primary{background:var(--accent);color:var(--accent-ink)}
.primary:hover{background:#163fae}
.secondary{background:#fff;color:var(--ink);border-color:#8a94aa}
.secondary:hover{background:#f3f6fb}
.danger{background:#fff;color:var(--danger);border-color:var(--danger)}
.link{background:none;border:0;color:var(--muted);text-decoration:underline;font-weight:500;width:auto;padding:.4rem .6rem;
margin:0 auto}
.link:hover{color:var(--ink)}
.actions{display:grid;gap:.75rem;margin-top:1.5rem}
.search{display:grid;grid-template-columns:1fr auto;gap:.6rem;align-items:end;margin-bottom:1rem}
.search .wide{grid-column:1/-1}
.search label{margin:0 0 .3rem}
.search button{width:auto;padding:.65rem 1rem}
.bank{display:flex;align-items:center;gap:.9rem;text-align:left;background:#fff;border:1px solid var(--line);
margin-bottom:.5rem;padding:.7rem .8rem;color:inherit}
.bank:hover{border-color:var(--accent);background:#f7f9fe}
.bank .name{display:block;font-weight:600}
.bank .about{display:block;font-weight:400;font-size:.85rem;color:var(--muted)}
.mark{flex:none;width:2.6rem;height:2.6rem;border-radius:.7rem;background:var(--bank);color:#fff;display:grid;
place-items:center;font-weight:700;font-size:.8rem;letter-spacing:.03em}
.heading{display:flex;align-items:center;gap:.9rem;margin-bottom:1rem}
.heading h1{margin:0}
.tag{display:inline-block;font-size:.75rem;font-weight:600;border:1px solid var(--line);border-radius:1rem;
padding:0 .5rem;margin-left:.4rem;color:var(--muted)}
.hint{background:var(--note);border:1px solid var(--note-line);border-radius:.6rem;padding:.7rem .9rem;
font-size:.9rem;margin:0 0 1rem}
.hint code{font:600 .95em ui-monospace,SFMono-Regular,Menlo,Consolas,monospace}
.problem{background:var(--danger-paper);border:1px solid var(--danger);color:var(--danger);border-radius:.6rem;
padding:.7rem .9rem;font-weight:600;margin:0 0 1rem}
fieldset{border:0;margin:0 0 1rem;padding:0}
legend{font-weight:600;padding:0;margin-bottom:.5rem}
.choice{display:flex;gap:.8rem;align-items:center;border:1px solid var(--line);border-radius:.6rem;
padding:.75rem .9rem;margin:0 0 .5rem;font-weight:400}
.choice:hover{border-color:var(--accent)}
.choice input{width:1.2rem;height:1.2rem;flex:none;accent-color:var(--accent)}
.choice .what{flex:1;min-width:0}
.choice .amount{font-variant-numeric:tabular-nums;font-weight:600;white-space:nowrap}
.row{border:1px solid var(--line);border-radius:.6rem;padding:.75rem .9rem;margin-bottom:.6rem}
.row .heading{margin:0}
.row .tools{display:grid;grid-template-columns:1fr 1fr;gap:.6rem;margin-top:.75rem}
.row .tools button{padding:.5rem}
footer{padding:1rem 1.5rem;border-top:1px solid var(--line);text-align:center}
footer p{margin:.4rem 0 0;font-size:.8rem;color:var(--muted)}
.unseen{position:absolute;width:1px;height:1px;overflow:hidden;clip-path:inset(50%);white-space:nowrap}
.at-bank{background:#f6f6f4}
.at-bank .card{border-radius:0;border-top:.5rem solid var(--bank)}
.at-bank .primary{background:var(--bank)}
.at-bank .bar{font-size:1.15rem}
@media (max-width:30rem){body{padding:0}.card{border-radius:0;min-height:100vh;box-shadow:none}}
${BANK_COLOURS}
`;

/** What the pages allow the browser to load: that stylesheet, and nothing. */
export const CONTENT_SECURITY_POLICY = [
  "default-src 'none'",
  `style-src 'sha256-${createHash('sha256').update(STYLESHEET).digest('base64')}'`,
  'img-src data:',
  "base-uri 'none'",
].join('; ');
