import { testTranscripts } from './transcripts.ts';

testTranscripts('sqlite');
