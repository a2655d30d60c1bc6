/** The policies that ship, as texts a person reads and edits. */
import { DEV_DEFAULT } from './dev-default.ts';
import { FINANCE } from './finance.ts';
import { LOCAL_FIRST } from './local-first.ts';
import { STRICT } from './strict.ts';

export const templateNames = ['dev-default', 'strict', 'finance', 'local-first'] as const;
export type TemplateName = (typeof templateNames)[number];

const TEXTS: { readonly [name in TemplateName]: string } = { 'dev-default': DEV_DEFAULT, strict: STRICT, finance: FINANCE, 'local-first': LOCAL_FIRST };

export function templateText(name: TemplateName): string {
  return TEXTS[name];
}
