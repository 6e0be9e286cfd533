import type { RedshiftIam } from '../../activation/definition/sources/redshift.ts';
import { Failure } from '../../contract/failure.ts';
import { codeOf } from '../../contract/foreign.ts';
import { optional } from '../library.ts';

/** How long the password is valid, in seconds: the most of AWS, because a read can be canceled as late as that. */
const VALID = 3_600;
/** Limits of each attempt, in milliseconds. The SDK makes three. */
const LIMITS = { requestTimeout: 15_000, connectionTimeout: 10_000, throwOnRequestTimeout: true };

/** Codes of a limit of requests, whatever their status. */
const BUSY = /^(Throttl|TooManyRequests|RequestLimitExceeded|RequestThrottled|SlowDown)/;

/** A temporary login. */
interface Login {
  user: string;
  password: string;
}

/**
 * Asks AWS for a temporary password. The credentials are found as AWS's own tools find them: variables, a profile, the
 * role of the machine or container.
 * @param user for a cluster: a database user that exists; undefined for the one that AWS derives from the identity
 * @throws Failure ConfigurationInvalid (refused, or the library is missing), SourceUnavailable
 * @see https://docs.aws.amazon.com/redshift/latest/APIReference/API_GetClusterCredentials.html
 * @see https://docs.aws.amazon.com/redshift-serverless/latest/APIReference/API_GetCredentials.html
 */
export async function temporaryLogin(
  iam: RedshiftIam,
  { user, database }: { user?: string; database?: string },
): Promise<Login> {
  const { cluster, workgroup, region } = iam;
  const connection =
    cluster === undefined ? `workgroup ${workgroup} in ${region}` : `cluster ${cluster} in ${region}`;
  const found = await (
    cluster === undefined
      ? ofWorkgroup({ region, workgroupName: workgroup, dbName: database })
      : ofCluster({ region, ClusterIdentifier: cluster, DbName: database }, user)
  ).catch((error: unknown) => {
    throw failureOf(error, connection);
  });
  if (!found.user || !found.password) throw new Failure('iamRefused', { connection, code: 'NoPassword' });
  return { user: found.user, password: found.password };
}

type Found = Partial<Login>;

async function ofCluster(
  { region, ...of }: { region: string; ClusterIdentifier: string; DbName?: string },
  user: string | undefined,
): Promise<Found> {
  const { RedshiftClient, GetClusterCredentialsCommand, GetClusterCredentialsWithIAMCommand } =
    await optional(import('@aws-sdk/client-redshift'), 'redshift', '@aws-sdk/client-redshift');
  const client = new RedshiftClient({ region, requestHandler: LIMITS });
  try {
    const { DbUser, DbPassword } =
      user === undefined
        ? await client.send(new GetClusterCredentialsWithIAMCommand({ ...of, DurationSeconds: VALID }))
        : await client.send(
            new GetClusterCredentialsCommand({
              ...of,
              DbUser: user,
              AutoCreate: false,
              DurationSeconds: VALID,
            }),
          );
    return { user: DbUser, password: DbPassword };
  } finally {
    client.destroy();
  }
}

async function ofWorkgroup({
  region,
  ...of
}: {
  region: string;
  workgroupName: string | undefined;
  dbName?: string;
}): Promise<Found> {
  const { RedshiftServerlessClient, GetCredentialsCommand } = await optional(
    import('@aws-sdk/client-redshift-serverless'),
    'redshift',
    '@aws-sdk/client-redshift-serverless',
  );
  const client = new RedshiftServerlessClient({ region, requestHandler: LIMITS });
  try {
    const { dbUser, dbPassword } = await client.send(
      new GetCredentialsCommand({ ...of, durationSeconds: VALID }),
    );
    return { user: dbUser, password: dbPassword };
  } finally {
    client.destroy();
  }
}

/** The SDK names its errors by the codes of the service. */
function failureOf(error: unknown, connection: string): unknown {
  if (error instanceof Failure || !(error instanceof Error)) return error;
  const { $metadata: { httpStatusCode: status } = {}, $retryable: temporary } = error as {
    $metadata?: { httpStatusCode?: number };
    $retryable?: object;
  };
  const named = /^[A-Za-z]{1,60}$/.test(error.name) && error.name !== 'Error' ? error.name : codeOf(error);
  if (temporary || BUSY.test(named) || (status !== undefined && (status >= 500 || status === 429)))
    return new Failure('iamUnavailable', { connection, code: named });
  // Without an answer, it is the network, except for credentials that were not found.
  const isRefused = status !== undefined || error.name === 'CredentialsProviderError';
  return new Failure(isRefused ? 'iamRefused' : 'iamUnavailable', { connection, code: named });
}
