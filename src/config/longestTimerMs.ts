/** Longest time that a timer of Node.js can wait, in milliseconds, 24 days: one that is told more fires at once. */
export const longestTimerMs = 2 ** 31 - 1;
