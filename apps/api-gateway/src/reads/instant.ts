/** As every answer writes instants: `2025-11-21T08:00:00.123Z`. */
export const instant = (ms: number): string => new Date(ms).toISOString();
