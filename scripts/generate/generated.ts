/** A file made from the registries: where it lies, and its text. */
export interface Generated {
  /** Relative to the root of the package. */
  readonly path: string;
  readonly text: () => Promise<string> | string;
}
