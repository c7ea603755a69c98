/** A form found on a page, with what a browser would send if nothing were changed. */
export interface PageForm {
  method: string;
  action: string;
  fields: [string, string][];
  buttons: { label: string; name: string; value: string }[];
}

/** A browser without scripts: it follows redirects, reads forms, and presses their buttons. */
export class PlainBrowser {
  html = '';
  status = 0;
  location = '';

  constructor(private readonly origin: string) {}

  /** The text of the page's main heading. */
  get heading(): string {
    return textOf(/<h1[^>]*>([\s\S]*?)<\/h1>/.exec(this.html)?.[1] ?? '');
  }

  get text(): string {
    return textOf(this.html.replace(/<style>[\s\S]*?<\/style>/, ''));
  }

  get forms(): PageForm[] {
    return [...this.html.matchAll(/<form\b([^>]*)>([\s\S]*?)<\/form>/g)].map(([, head = '', inner = '']) => ({
      method: attribute(head, 'method') ?? 'get',
      action: attribute(head, 'action') ?? '',
      fields: fieldsOf(inner),
      buttons: buttonsOf(inner),
    }));
  }

  async open(url: string): Promise<this> {
    return this.go(new URL(url, this.origin), {});
  }

  /** Fills some fields of the form that has this button, and presses it. */
  async press(label: string, filled: Record<string, string | string[]> = {}): Promise<this> {
    const form = this.forms.find((one) => one.buttons.some((button) => button.label.includes(label)));
    const button = form?.buttons.find((one) => one.label.includes(label));
    if (form === undefined || button === undefined) {
      throw new Error(`No button "${label}" on the page "${this.heading}"`);
    }
    const kept = form.fields.filter(([name]) => !(name in filled));
    const changed = Object.entries(filled).flatMap(([name, value]) =>
      [value].flat().map((one): [string, string] => [name, one]),
    );
    const pressed: [string, string][] = button.name === '' ? [] : [[button.name, button.value]];
    const sent = new URLSearchParams([...kept, ...changed, ...pressed]);
    const url = new URL(form.action, this.origin);
    if (form.method === 'get') {
      url.search = sent.toString();
      return this.go(url, {});
    }
    const headers = { 'content-type': 'application/x-www-form-urlencoded' };
    return this.go(url, { method: 'POST', headers, body: sent.toString() });
  }

  /** Follows the link with this text. */
  async follow(label: string): Promise<this> {
    const link = [...this.html.matchAll(/<a\b([^>]*)>([\s\S]*?)<\/a>/g)].find(([, , inner = '']) =>
      inner.includes(label),
    );
    return this.go(new URL(attribute(link?.[1] ?? '', 'href') ?? '', this.origin), {});
  }

  private async go(url: URL, init: RequestInit): Promise<this> {
    const response = await fetch(url, { ...init, redirect: 'manual' });
    const location = response.headers.get('location');
    if (location === null) {
      this.html = await response.text();
      this.status = response.status;
      return this;
    }
    await response.text();
    this.location = location;
    const next = new URL(location, this.origin);
    // Leaving the sandbox is the end of the walk: nothing listens at the callback here.
    return next.origin === this.origin ? this.go(next, {}) : this;
  }
}

function attribute(tag: string, name: string): string | undefined {
  const found = new RegExp(`\\b${name}="([^"]*)"`).exec(tag)?.[1];
  return found === undefined ? undefined : textOf(found);
}

function textOf(html: string): string {
  return html
    .replace(/<[^>]*>/g, ' ')
    .replace(/&lt;/g, '<')
    .replace(/&gt;/g, '>')
    .replace(/&quot;/g, '"')
    .replace(/&#39;/g, "'")
    .replace(/&amp;/g, '&')
    .replace(/\s+/g, ' ')
    .trim();
}

function fieldsOf(inner: string): [string, string][] {
  const inputs = [...inner.matchAll(/<input\b([^>]*)>/g)].flatMap(([, tag = '']): [string, string][] => {
    const isUnchecked = attribute(tag, 'type') === 'checkbox' && !/\bchecked\b/.test(tag);
    return isUnchecked ? [] : [[attribute(tag, 'name') ?? '', attribute(tag, 'value') ?? '']];
  });
  const selects = [...inner.matchAll(/<select\b([^>]*)>([\s\S]*?)<\/select>/g)].map(
    ([, tag = '', options = '']): [string, string] => {
      const all = [...options.matchAll(/<option\b([^>]*)>/g)].map(([, option = '']) => option);
      const chosen = all.find((option) => /\bselected\b/.test(option)) ?? all[0] ?? '';
      return [attribute(tag, 'name') ?? '', attribute(chosen, 'value') ?? ''];
    },
  );
  return [...inputs, ...selects];
}

function buttonsOf(inner: string): PageForm['buttons'] {
  return [...inner.matchAll(/<button\b([^>]*)>([\s\S]*?)<\/button>/g)].map(([, tag = '', label = '']) => ({
    label: textOf(label),
    name: attribute(tag, 'name') ?? '',
    value: attribute(tag, 'value') ?? '',
  }));
}
