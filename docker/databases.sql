-- Run once by the image postgres, as the volume of docker-compose.yml is empty.
create database shop;
create database actito_sync;
