/** What a task queue may be called: the name is part of two topics' names. */
export const taskQueuePattern = /^[a-zA-Z0-9._-]{1,200}$/;

const workflowPrefix = 'marathon.workflow.';
const activityPrefix = 'marathon.activity.';

/** Messages to the owners of a queue's shards: a partition is a shard. */
export const workflowTopic = (taskQueue: string): string => workflowPrefix + taskQueue;
/** Tasks for the activity workers of a queue; also the name of their consumer group. */
export const activityTopic = (taskQueue: string): string => activityPrefix + taskQueue;
/** Answers to gateways, of which each reads a partition of its own. */
export const repliesTopic = 'marathon.replies';
/** What commits added to histories, for everybody who watches. */
export const eventsTopic = 'marathon.events';
/** To all activity workers: attempts to abort. */
export const activityCancellationsTopic = 'marathon.activity-cancellations';
/** Messages that no schema fits, and tasks that exhausted their attempts. */
export const deadLetterTopic = 'marathon.dead-letters';

/** The queue whose workflow topic this is, or `undefined` for any other topic. */
export const queueOfWorkflowTopic = (topic: string): string | undefined => queueOf(topic, workflowPrefix);
/** The queue whose activity topic this is, or `undefined` for any other topic. */
export const queueOfActivityTopic = (topic: string): string | undefined => queueOf(topic, activityPrefix);

const queueOf = (topic: string, prefix: string): string | undefined => (topic.startsWith(prefix) ? topic.slice(prefix.length) : undefined);
