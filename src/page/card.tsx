/** A panel with its heading. */
import type { ComponentChildren } from 'preact';

export interface CardProps {
  readonly title: string;
  readonly hint?: string;
  /** Columns of twelve. */
  readonly width: 5 | 6 | 7 | 12;
  readonly right?: ComponentChildren;
  readonly children: ComponentChildren;
}

export function Card({ title, hint, width, right, children }: CardProps) {
  return (
    <section class={`card w${width}`} aria-label={title}>
      <header>
        <h2>{title}</h2>
        {hint === undefined ? null : <span class="hint">{hint}</span>}
        {right === undefined ? null : <span class="right">{right}</span>}
      </header>
      {children}
    </section>
  );
}
