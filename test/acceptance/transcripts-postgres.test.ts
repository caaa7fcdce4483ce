import { testTranscripts } from './transcripts.ts';

testTranscripts('postgres');
