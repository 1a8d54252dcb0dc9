/**
 * Whether a run that is sought by its id is open. `closed_at is null` says the same, but lets the planner seek it by going through the
 * index of open workflow ids from end to end, which it does while it believes that few are open: 20,000 that it had not been told of
 * made a commit take 16 ms.
 */
export const isOpen = `coalesce(closed_at, 'infinity') = 'infinity'`;
