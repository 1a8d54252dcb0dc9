/** Every problem that only a gateway reports, with what its reader can do about it. `docs/reference/errors.md` lists them all. */
export const problems = {
  MARATHON_REQUEST_INVALID: { status: 400, title: 'The request is not valid', remedy: 'Correct the fields that `errors` names.' },
  MARATHON_PAYLOAD_INVALID: {
    status: 400,
    title: 'A value does not fit its schema',
    remedy: 'Correct it where `errors` says: `pointer` is the place within the field.',
  },
  MARATHON_JSON_MALFORMED: { status: 400, title: 'The body is not JSON', remedy: 'Send one JSON value, encoded as UTF-8.' },
  MARATHON_WORKFLOW_NOT_FOUND: {
    status: 404,
    title: 'There is no such run',
    remedy: 'Check the workflow id, and the run id if you sent one.',
  },
  MARATHON_QUERY_UNKNOWN: { status: 404, title: 'The run has no such query', remedy: '`names` lists those that it has.' },
  MARATHON_UPDATE_UNKNOWN: {
    status: 404,
    title: 'The run has no such update',
    remedy: '`names` lists those that it has; without `names`, none was sent under this id: check it, and the run id.',
  },
  MARATHON_ADDRESS_FORGED: {
    status: 403,
    title: 'The address is not valid',
    remedy: 'Use the address as it was given, unchanged. Addresses are given by tasks and by histories.',
  },
  MARATHON_ADDRESS_EXPIRED: {
    status: 403,
    title: 'The address has expired',
    remedy: 'Read the history again for a fresh one. A worker hands the task back, and gets a fresh one with the next.',
  },
  MARATHON_ROUTE_NOT_FOUND: { status: 404, title: 'There is no such resource', remedy: '`/docs` shows what there is.' },
  MARATHON_WORKFLOW_ID_IN_USE: {
    status: 409,
    title: 'An open run has this workflow id',
    remedy: 'Use the run that `runId` names, send `"idConflict": "useExisting"`, or choose another id.',
  },
  MARATHON_RUN_CLOSED: { status: 409, title: 'The run is closed', remedy: 'A closed run takes no requests: start a new one.' },
  MARATHON_TOKEN_UNKNOWN: {
    status: 404,
    title: 'The token names nothing',
    remedy: 'Send the token that the activity handed out, unchanged.',
  },
  MARATHON_APPROVAL_NOT_FOUND: {
    status: 404,
    title: 'There is no such approval',
    remedy: '`GET /approvals` lists those that are open.',
  },
  MARATHON_ATTEMPT_OVER: {
    status: 409,
    title: 'The attempt is over',
    remedy: 'Nothing is left to do: `detail` says what became of it. A later attempt has a token of its own.',
  },
  MARATHON_RUN_NOT_SUSPENDED: { status: 409, title: 'The run is not suspended', remedy: 'Only a suspended run can be resumed.' },
  MARATHON_QUERY_UNANSWERABLE: {
    status: 409,
    title: 'The run has no code that could be asked',
    remedy: '`detail` says why: wait for its start, or deploy a build that its history fits.',
  },
  MARATHON_BODY_TOO_LARGE: {
    status: 413,
    title: 'The body is too large',
    remedy: 'Up to 64 MiB of JSON are taken. Store more elsewhere and send its address.',
  },
  MARATHON_CONTENT_TYPE_UNSUPPORTED: {
    status: 415,
    title: 'The body is not announced as JSON',
    remedy: 'Send `Content-Type: application/json`.',
  },
  MARATHON_IDEMPOTENCY_KEY_REUSED: {
    status: 422,
    title: 'The idempotency key was sent before with another body',
    remedy: 'Use a new key for a new request, and repeat a request unchanged.',
  },
  MARATHON_QUERY_FAILED: {
    status: 422,
    title: 'The handler of the query failed',
    remedy: '`failure` is what it threw: correct the input or the handler.',
  },
  MARATHON_SEARCH_TOO_SLOW: {
    status: 422,
    title: 'The search takes too long',
    remedy: 'Narrow it: by a search attribute, a workflow id, or a status that few runs have.',
  },
  MARATHON_UPDATE_REJECTED: {
    status: 422,
    title: 'The run refused the update',
    remedy: '`failure` is what its validator threw: correct the input, and send it under another key.',
  },
  MARATHON_UPDATE_FAILED: {
    status: 422,
    title: 'The handler of the update failed',
    remedy: '`failure` is what it threw. A new attempt takes another key.',
  },
  MARATHON_INTERNAL: { status: 500, title: 'The gateway has a defect', remedy: 'The log of the gateway says more. Report it.' },
  MARATHON_OVERLOADED: { status: 503, title: 'The gateway has too much to do', remedy: 'Try again after the time in `Retry-After`.' },
  MARATHON_RUN_UNREACHABLE: {
    status: 503,
    title: 'No orchestrator has answered for the run in time',
    remedy: 'Try again, or wait longer with `wait`; see that an orchestrator of its task queue runs.',
  },
  MARATHON_NOT_READY: { status: 503, title: 'The gateway cannot serve now', remedy: '`errors` names what is missing.' },
} as const satisfies Record<string, { readonly status: number; readonly title: string; readonly remedy: string }>;

export type ProblemCode = keyof typeof problems;
