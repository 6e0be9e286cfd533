-- Run once by the image postgres, as the volume of docker-compose.yml is empty.
create database shop;
-- The simulator fills no database without this comment: examples/demo/shop.ts.
comment on database shop is 'The shop of actito-sync''s demo';
create database actito_sync;
