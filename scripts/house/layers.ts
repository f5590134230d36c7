/** Who may import whom: the table of docs/architecture.md, as data. */

export interface Layer {
  readonly folder: string;
  /** Folders of src, packages, or `node:` modules. Its own folder is always allowed. */
  readonly may: readonly string[];
  /** Type imports only. */
  readonly mayTypes?: readonly string[];
}

const EFFECTS = ['node:*'];

export const LAYERS: readonly Layer[] = [
  { folder: 'base', may: [] },
  { folder: 'stats', may: ['base'] },
  { folder: 'native', may: ['base', 'koffi', ...EFFECTS] },
  { folder: 'host', may: ['base', ...EFFECTS], mayTypes: ['native'] },
  { folder: 'kernel', may: ['base', 'host/reader', 'host/facts'] },
  { folder: 'perf', may: ['base'] },
  { folder: 'bpf', may: ['base'] },
  { folder: 'symbols', may: ['base'], mayTypes: ['kernel'] },
  { folder: 'model', may: ['base', 'stats'], mayTypes: ['kernel', 'bpf'] },
  { folder: 'recording', may: ['base', 'model', 'node:zlib'] },
  // Frames, series and events in a database: effects of its own, because storing is what it is for.
  { folder: 'history', may: ['base', 'model', '@photostructure/sqlite', ...EFFECTS] },
  { folder: 'exporters', may: ['base', 'model', 'pprof-format', 'node:crypto', 'node:zlib'] },
  { folder: 'report', may: ['base'] },
  { folder: 'diagnosis', may: ['base', 'stats', 'model'] },
  { folder: 'placement', may: ['base', 'stats', 'model'] },
  { folder: 'trial', may: ['base', 'stats', 'model', 'placement'] },
  { folder: 'experiments', may: ['base', 'stats', 'model', 'native', ...EFFECTS] },
  { folder: 'actions', may: ['base', 'model', 'placement', 'host', 'zod', ...EFFECTS] },
  { folder: 'alerts', may: ['base', 'stats', 'model', 'zod'], mayTypes: ['diagnosis'] },
  { folder: 'text', may: ['base'] },
  {
    folder: 'app',
    may: [
      'base',
      'stats',
      'native',
      'host',
      'kernel',
      'perf',
      'bpf',
      'symbols',
      'model',
      'recording',
      'history',
      'exporters',
      'diagnosis',
      'placement',
      'trial',
      'experiments',
      'actions',
      'text',
      'zod',
      'env-paths',
      ...EFFECTS,
    ],
  },
  {
    folder: 'agent',
    may: [
      'base',
      'stats',
      'model',
      'alerts',
      'app',
      'kernel',
      'host',
      'zod',
      'yaml',
      'undici',
      'nodemailer',
      ...EFFECTS,
    ],
    mayTypes: ['diagnosis'],
  },
  { folder: 'page', may: ['base', 'model', 'preact', '@preact/signals', 'uplot', 'vite'] },
  { folder: 'web', may: ['base', 'stats', 'model', 'app', 'hono', '@hono/node-server', 'zod', ...EFFECTS] },
  {
    folder: 'cli',
    may: [
      'base',
      'stats',
      'app',
      'agent',
      'web',
      'model',
      'text',
      'report',
      'picocolors',
      'get-east-asian-width',
      '../package.json',
      'tui',
      ...EFFECTS,
    ],
    mayTypes: [
      'history',
      'diagnosis',
      'placement',
      'trial',
      'experiments',
      'actions',
      'alerts',
      'host',
      'kernel',
    ],
  },
  // How text looks is the same on a screen as in a line.
  { folder: 'tui', may: ['base', 'stats', 'app', 'model', 'cli/output', ...EFFECTS], mayTypes: ['history'] },
];

export interface Import {
  readonly file: string;
  readonly line: number;
  /** As written, made relative to src where it is a file of ours: `base/errors`. */
  readonly target: string;
  readonly typeOnly: boolean;
}

/** A sentence for each import that the table forbids. Pure. */
export function forbiddenImports(imports: readonly Import[], layers: readonly Layer[] = LAYERS): string[] {
  return imports.flatMap((one) => {
    const folder = one.file.split('/')[0] ?? '';
    if (!one.file.includes('/') || one.target.split('/')[0] === folder) return [];
    const layer = layers.find((entry) => entry.folder === folder);
    if (layer === undefined)
      return [`${one.file}:${one.line}: the folder ${folder} is not in the table of layers`];
    const allowed = [...layer.may, ...(one.typeOnly ? (layer.mayTypes ?? []) : [])];
    if (allowed.some((name) => matches(name, one.target))) return [];
    return [
      `${one.file}:${one.line}: ${folder} may not import ${one.typeOnly ? 'types of ' : ''}${one.target}`,
    ];
  });
}

function matches(allowed: string, target: string): boolean {
  if (allowed.endsWith('*')) return target.startsWith(allowed.slice(0, -1));
  return target === allowed || target.startsWith(`${allowed}/`);
}
