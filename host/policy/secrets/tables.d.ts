/** Written by tools/build-secrets.mjs: the automata of all secret rules, in the order of `TABLED_RULES`, packed (packed.ts), in base64. */
export const TABLES: string;
