/** The policies that ship, as texts a person reads and edits. */
import { DEV_DEFAULT } from './dev-default.ts';
import { STRICT } from './strict.ts';

export const templateNames = ['dev-default', 'strict'] as const;
export type TemplateName = (typeof templateNames)[number];

const TEXTS: { readonly [name in TemplateName]: string } = { 'dev-default': DEV_DEFAULT, strict: STRICT };

export function templateText(name: TemplateName): string {
  return TEXTS[name];
}
