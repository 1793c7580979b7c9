/** Settings that all charts share: transparent, in the page's own letters and colours. */
export function themed(width: number): { width: number; style: Record<string, string> } {
  return {
    width,
    style: {
      background: 'transparent',
      color: 'var(--muted)',
      fontFamily: 'inherit',
      fontSize: '12px',
      overflow: 'visible',
    },
  };
}
