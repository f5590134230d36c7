/** Runs the script of a flame graph's page over elements that only remember what was done to them. */

export class DrawnElement {
  readonly tag: string;
  readonly style: Record<string, string> = {};
  readonly dataset: Record<string, unknown> = {};
  textContent = '';
  className = '';
  clientWidth = 1000;
  children: (DrawnElement | string)[] = [];

  constructor(tag: string) {
    this.tag = tag;
  }

  append(...children: (DrawnElement | string)[]): void {
    this.children.push(...children);
  }

  replaceChildren(): void {
    this.children = [];
  }

  querySelector(): null {
    return null;
  }

  setAttribute(): void {}

  /** All elements inside of it. */
  get all(): DrawnElement[] {
    return this.children.flatMap((child) => (typeof child === 'string' ? [] : [child, ...child.all]));
  }
}

export function drawPage(page: string): DrawnElement {
  const body = new DrawnElement('body');
  const textContent = /id="data">(.*)<\/script>/.exec(page)?.[1] ?? '';
  const script = page.slice(page.lastIndexOf('<script>') + '<script>'.length, page.lastIndexOf('</script>'));
  const document = {
    body,
    createElement: (tag: string) => new DrawnElement(tag),
    getElementById: () => ({ textContent }),
  };
  const ResizeObserver = class {
    observe(): void {}
  };
  new Function('document', 'ResizeObserver', script)(document, ResizeObserver);
  return body;
}
