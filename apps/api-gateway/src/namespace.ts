/** All runs of an installation share one name space. */
export const namespace = 'default';
