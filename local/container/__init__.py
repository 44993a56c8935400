"""What docker-compose.yaml needs beside the image: accounts for fresh MySQL servers, and the sample's data."""
