import kafkajs, { type Cluster, type PartitionAssigner } from 'kafkajs';
import { assignSticky, type Claimant } from './sticky-assignment.js';

const { MemberAssignment, MemberMetadata } = kafkajs.AssignerProtocol;

/** What this member has, for the leader to leave to it. */
export interface Claim {
  readonly owned: Readonly<Record<string, readonly number[]>>;
  readonly generationId: number;
}

/**
 * The assigner of a member of a group. It goes by the standard name `range`, so that consumers of other clients can be members;
 * they take what the leader gives them, and when one of them leads, it assigns as it does.
 */
export function stickyAssigner(claim: () => Claim): PartitionAssigner {
  return ({ cluster }) => ({
    name: 'range',
    version: 0,
    protocol: ({ topics }) => ({
      name: 'range',
      metadata: MemberMetadata.encode({ version: 0, topics, userData: Buffer.from(JSON.stringify(claim())) }),
    }),
    assign: async ({ members }) => {
      const claimants = members.map(({ memberId, memberMetadata }) => readClaimant(memberId, memberMetadata));
      const topics = [...new Set(claimants.flatMap(({ topics: subscribed }) => subscribed))];
      const assignment = assignSticky(claimants, await countPartitions(cluster, topics));
      return [...assignment].map(([memberId, partitions]) => ({
        memberId,
        memberAssignment: MemberAssignment.encode({
          version: 0,
          assignment: partitions as Record<string, number[]>,
          userData: Buffer.alloc(0),
        }),
      }));
    },
  });
}

async function countPartitions(cluster: Cluster, topics: readonly string[]): Promise<ReadonlyMap<string, number>> {
  await cluster.addMultipleTargetTopics([...topics]);
  return new Map(topics.map((topic) => [topic, cluster.findTopicPartitionMetadata(topic).length]));
}

function readClaimant(memberId: string, metadata: Buffer): Claimant {
  const decoded = MemberMetadata.decode(metadata);
  return { memberId, topics: decoded?.topics ?? [], ...readClaim(decoded?.userData) };
}

/** User data of another client claims nothing. */
function readClaim(userData: Buffer | null | undefined): Claim {
  const nothing = { owned: {}, generationId: -1 };
  if (!userData || userData.length === 0) return nothing;
  try {
    const { owned, generationId } = JSON.parse(userData.toString()) as Partial<Claim>;
    const isValid =
      typeof generationId === 'number' && typeof owned === 'object' && owned !== null && Object.values(owned).every(Array.isArray);
    return isValid ? { owned, generationId } : nothing;
  } catch {
    return nothing;
  }
}
