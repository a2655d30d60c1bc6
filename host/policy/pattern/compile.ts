/** Pattern text -> automaton, or why not. */
import type { Automaton } from '../../../core-wasm/core.ts';
import { END, buildAutomaton, newBudget, type Budget } from './automaton.ts';
import { TooCostly, buildGraph } from './places.ts';
import { parseSyntax } from './syntax.ts';

export type PatternResult = { readonly ok: true; readonly automaton: Automaton } | { readonly ok: false; readonly why: string; readonly instead?: string };

export function compilePattern(text: string, mode: 'anchored' | 'search', budget: Budget = newBudget()): PatternResult {
  const syntax = parseSyntax(text);
  if (!syntax.ok) return syntax;
  try {
    const graph = buildGraph(syntax.pattern, syntax.flags);
    const automaton = buildAutomaton(graph, mode, budget);
    if (mode === 'search' && matchesEmpty(automaton)) return { ok: false, why: 'a pattern that matches the empty text, and so every text', instead: 'Ask for at least one character.' };
    return { ok: true, automaton };
  } catch (e) {
    if (e instanceof TooCostly) return { ok: false, why: `a pattern that costs too much (${e.message})`, instead: 'Shorten its repetitions, or split it into several patterns.' };
    throw e;
  }
}

function matchesEmpty({ classOf, classes, next, accept }: Automaton): boolean {
  return accept[next[classes + (classOf[END] ?? 0)] ?? 0] === 1;
}
