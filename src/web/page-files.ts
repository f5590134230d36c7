/** The files of the page, read once and compressed once. */
import { readdirSync, readFileSync } from 'node:fs';
import { extname, join } from 'node:path';
import { gzipSync } from 'node:zlib';
import { KeelError } from '../base/errors.ts';

export interface PageFile {
  readonly type: string;
  readonly plain: Uint8Array;
  readonly gzip: Uint8Array;
  /** Its name changes with its content, so it may be kept for ever. */
  readonly isImmutable: boolean;
}

const TYPES: Readonly<Record<string, string>> = {
  '.html': 'text/html; charset=utf-8',
  '.js': 'text/javascript; charset=utf-8',
  '.css': 'text/css; charset=utf-8',
  '.svg': 'image/svg+xml',
};

/**
 * By their path in the address, `/` for the page itself.
 * @throws KeelError E_UNSUPPORTED where the page was not built
 */
export function readPageFiles(folder: string): ReadonlyMap<string, PageFile> {
  const names = listFiles(folder);
  return new Map(
    names.map((name) => {
      const plain = readFileSync(join(folder, name));
      const file = {
        type: TYPES[extname(name)] ?? 'application/octet-stream',
        plain,
        gzip: gzipSync(plain, { level: 9 }),
        isImmutable: name.startsWith('assets/'),
      };
      return [name === 'index.html' ? '/' : `/${name}`, file];
    }),
  );
}

function listFiles(folder: string): readonly string[] {
  try {
    return readdirSync(folder, { recursive: true, withFileTypes: true })
      .filter((entry) => entry.isFile())
      .map((entry) => join(entry.parentPath, entry.name).slice(folder.length + 1));
  } catch (error) {
    throw new KeelError('E_UNSUPPORTED', {
      what: {
        en: 'the page of the dashboard is not in this installation',
        ko: '이 설치에는 대시보드 페이지가 없습니다',
      },
      next: [{ en: 'From a source tree: npm run build', ko: '소스에서 실행한다면: npm run build' }],
      cause: error,
    });
  }
}
