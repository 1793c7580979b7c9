import type { ModelConfig } from './modelConfig.ts';

/** The colour a detector expects behind transparent pixels: paper under a drawing, darkness round lights. */
export function backgroundOf(config: ModelConfig): 'white' | 'black' {
  return config.detector === 'lights' ? 'black' : 'white';
}
