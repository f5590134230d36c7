/** What the page asks of its server. */
import type { Sentence } from '../base/sentence.ts';

/** An error that the server or keel told. */
export class Refused extends Error {
  readonly sentence: Sentence;
  readonly code: string;

  constructor(document: ErrorDocument) {
    super(document.what);
    this.code = document.code;
    this.sentence = { en: document.what, ko: document.whatKo ?? document.what };
  }
}

interface ErrorDocument {
  readonly schema: string;
  readonly code: string;
  readonly what: string;
  readonly whatKo?: string;
}

/** @throws Refused with what was told; TypeError where the server does not answer */
export async function ask<T>(
  path: string,
  parameters: Readonly<Record<string, string>> = {},
  signal?: AbortSignal,
): Promise<T> {
  const query = new URLSearchParams(parameters).toString();
  const answer = await fetch(
    `api/v1/${path}${query === '' ? '' : `?${query}`}`,
    signal === undefined ? {} : { signal },
  );
  return documentOf<T>(await answer.json());
}

export type ChangeName = 'pin' | 'apply' | 'undo';

export interface ChangeAsked {
  readonly name: ChangeName;
  readonly parameters: Readonly<Record<string, string>>;
  readonly confirmed: boolean;
  readonly token: string;
}

/** @throws Refused */
export async function change<T>({ name, parameters, confirmed, token }: ChangeAsked): Promise<T> {
  const answer = await fetch(`api/v1/change/${name}`, {
    method: 'POST',
    headers: { 'Content-Type': 'application/json', 'X-Keel-Change-Token': token },
    body: JSON.stringify({ parameters, confirmed }),
  });
  return documentOf<T>(await answer.json());
}

function documentOf<T>(document: unknown): T {
  const { schema } = document as { readonly schema?: string };
  if (schema === 'keel.error/1') throw new Refused(document as ErrorDocument);
  return document as T;
}
