// What is known of OpenAI's models, wherever they are served. Data for manifests: it loads nothing else.
export { apiNames, apiOf, chooseApi, mustNotReason, needsResponses } from './choose-api.ts'
export { openAIModels, sampling } from './openai-models.ts'
export { underApi } from './under-api.ts'
