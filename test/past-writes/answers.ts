/** Reads of every cached field, and of all that hangs beneath it, that show the rows of `subjects.ts`. */
export const documents = [
  '{ aiGeneration(id: "gen_subject") { id } conversation(id: "conv_subject") { id } }',
  `{
    workspace { id name createdAt }
    settings { id timeZone locale weekStartsOn requiresApproval brandVoice revision }
    members { role accountIds user { id name } workspace { name } }
    viewer { preferences { locale theme } }
    networks { name }
    aiModels { id name }
    templateGallery(first: 3) { totalCount nodes { id title body hashtags createdAt } }
  }`,
  `{
    templates(first: 5) { totalCount nodes { ...Whole } }
    found: templates(filter: { search: "needle" }) { nodes { id } }
    foundTitle: templates(filter: { search: "subject" }) { nodes { id } }
    template(id: "tpl_subject") { ...Whole }
    accounts(first: 100) { totalCount nodes { ...Profile } }
    account(id: "acc_subject") { ...Profile }
    media(first: 5) { totalCount nodes { ...Asset } }
    unused: media(first: 5, filter: { isUnused: true }) { totalCount nodes { id } }
    named: media(filter: { search: "needle" }) { nodes { id } }
    mediaAsset(id: "media_subject") { ...Asset }
    savedReplies { id title body }
  }
  fragment Whole on Template { id title body hashtags usageCount revision createdAt updatedAt author { id name } }
  fragment Profile on Account { id network displayName handle status followerCount connectedAt }
  fragment Asset on MediaAsset { id fileName mimeType byteSize url altText usageCount createdAt }`,
  `{
    posts(first: 3) { totalCount nodes { ...Piece } }
    found: posts(filter: { search: "needle" }) { nodes { id } }
    foundOwn: posts(filter: { search: "own" }) { nodes { id } }
    post(id: "post_subject") { ...Piece }
    calendar(range: { preset: TODAY }) { days { entryCount entries {
      ... on Post { id text status publishedAt scheduledAt } ... on CalendarNote { id date text author { name } } } } }
    ofCampaign: calendar(range: { preset: TODAY }, filter: { campaignId: "camp_subject" }) { days { entryCount } }
    campaigns(first: 5) { totalCount nodes { ...Plan } }
    foundPlan: campaigns(filter: { search: "needle" }) { nodes { id } }
    foundName: campaigns(filter: { search: "subject" }) { nodes { id } }
    campaign(id: "camp_subject") { ...Plan posts(first: 2) { totalCount nodes { id text status } } }
  }
  fragment Plan on Campaign { id name brief status startsOn endsOn postCount revision owner { id name } }
  fragment Piece on Post {
    id text lengths { network length } status scheduledAt publishedAt rejectionReason revision createdAt updatedAt
    author { id name } campaign { id name } template { id title } metrics { views reach engagements clicks }
    targets { id status permalink failureMessage textOverride length { length } account { id handle status } }
    media { id fileName altText url }
  }`,
  `{
    inbox(first: 3) { totalCount nodes { ...Talk } }
    conversation(id: "conv_subject") { ...Talk messages(first: 5) { totalCount nodes { id text direction createdAt author { id name } } } }
    inboxSummary { openCount unreadCount unassignedCount }
    aiGenerations(first: 3) { totalCount nodes { ...Output } }
    aiGeneration(id: "gen_subject") { ...Output }
    aiUsage(range: { preset: LAST_7_DAYS }) { generations reused costUsd }
  }
  fragment Talk on Conversation {
    id kind status priority snoozedUntil contactName contactHandle unreadCount snippet lastActivityAt
    assignee { id name } account { id handle }
  }
  fragment Output on AiGeneration {
    id kind prompt isReused costUsd createdAt model { id name } suggestions { text hashtags } requestedBy { id name }
  }`,
  `{
    analytics(range: { preset: LAST_7_DAYS }) { ...Report topPosts(limit: 3) { value post { id text status } } }
    ofAccount: analytics(range: { preset: LAST_7_DAYS }, filter: { accountIds: ["acc_subject"] }) { ...Report }
    campaign(id: "camp_subject") { analytics(range: { preset: LAST_7_DAYS }) { ...Report } }
  }
  fragment Report on AnalyticsReport {
    from to summary { metric value } series(metrics: [VIEWS, REACH, ENGAGEMENTS, CLICKS, FOLLOWERS, POSTS_PUBLISHED]) { metric points { date value } }
  }`,
];

/** Those whose answers depend on the accounts that the viewer sees. */
export const sharedDocuments = [documents[0]!, documents[2]!, documents[3]!];
