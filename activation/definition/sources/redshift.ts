import { z } from 'zod';
import { expected } from '../../../contract/messages/expected.ts';
import { driverSource, urlReference, type DriverInfo } from './common.ts';

const iam = z
  .strictObject({
    region: z
      .string()
      .regex(/^[a-z]{2}(-[a-z]+)+-\d$/, expected('awsRegion'))
      .describe('Region of the cluster or workgroup.')
      .meta({ examples: ['eu-west-1'] }),
    cluster: z
      .string()
      .min(1)
      .optional()
      .describe('Name of a provisioned cluster. Give either cluster or workgroup.')
      .meta({ examples: ['shop'] }),
    workgroup: z
      .string()
      .min(1)
      .optional()
      .describe('Name of a serverless workgroup. Give either cluster or workgroup.')
      .meta({ examples: ['shop'] }),
  })
  .refine(({ cluster, workgroup }) => (cluster === undefined) !== (workgroup === undefined), {
    error: expected('clusterOrWorkgroup'),
  });

const info: DriverInfo = { section: 'redshift' };

/** Amazon Redshift: clusters and serverless workgroups. */
export const redshiftSource = driverSource('redshift', info, {
  connection: urlReference('postgres://user:password@host:5439/shop?sslmode=verify-full'),
  iam: iam
    .optional()
    .describe(
      'Log in with a temporary password from AWS instead of the one in the URL. The credentials of AWS are those of the worker. Default: the password of the URL.',
    ),
});

export type RedshiftIam = z.infer<typeof iam>;
