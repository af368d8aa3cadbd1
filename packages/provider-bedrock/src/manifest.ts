import type { Manifest } from '@llmfb/core/provider'
import { capabilities, models } from './models.ts'

/** What this provider is, as data. */
export const manifest: Manifest = {
  id: 'bedrock',
  name: 'Amazon Bedrock',
  tier: 'production',
  credentials: [
    {
      variable: 'AWS_REGION',
      option: 'region',
      required: true,
      description: 'AWS region whose models are asked, such as us-east-1',
      url: 'https://docs.aws.amazon.com/bedrock/latest/userguide/models-regions.html',
    },
    {
      variable: 'AWS_BEARER_TOKEN_BEDROCK',
      option: 'apiKey',
      required: false,
      description: 'API key of Amazon Bedrock; without one, requests are signed with AWS credentials',
      url: 'https://docs.aws.amazon.com/bedrock/latest/userguide/api-keys.html',
    },
    {
      variable: 'AWS_ACCESS_KEY_ID',
      option: 'credentials',
      required: false,
      description: 'id of an AWS access key; without one, the default chain of AWS is asked (profiles, sign-on, roles)',
      url: 'https://docs.aws.amazon.com/IAM/latest/UserGuide/id_credentials_access-keys.html',
    },
    {
      variable: 'AWS_SECRET_ACCESS_KEY',
      option: 'credentials',
      required: false,
      description: 'secret of that access key',
    },
    {
      variable: 'AWS_SESSION_TOKEN',
      option: 'credentials',
      required: false,
      description: 'token of a temporary access key',
    },
    {
      variable: 'AWS_PROFILE',
      option: 'profile',
      required: false,
      description: 'profile of the shared AWS files to take credentials from',
    },
    {
      variable: 'AWS_ENDPOINT_URL_BEDROCK_RUNTIME',
      option: 'baseURL',
      required: false,
      description: "address of the service, such as a VPC endpoint; the region's own unless set",
    },
  ],
  capabilities,
  models,
  documentationUrl: 'https://docs.aws.amazon.com/bedrock/latest/APIReference/API_runtime_Converse.html',
  knownGaps: [
    'seed, penalties, user, parallelToolCalls: the Converse API has none of them; what a model has of its own goes through providerOptions.bedrock.additionalModelRequestFields',
    "responseFormat 'json': the service has JSON by schema only",
    'pictures and files by http(s) address: the service takes bytes and s3:// addresses',
    'citations and results of tools that the service runs itself: left out with a warning; the text they belong to is there',
    'rate limits on answers: the service does not tell them',
    'reasoning tokens: the service counts them within the answer',
    'imported models: the Converse API does not take them',
  ],
}
